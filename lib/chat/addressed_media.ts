/** Media that a request names by their address alone: some providers fetch them, others want the bytes. */
import { GatewayError } from "../errors.ts";
import type { BlobPart, ChatRequest, Message, Part, UriPart } from "./request.ts";

/** All of them in order, those inside results of tools included. */
export function addressedMedia(messages: readonly Message[]): UriPart[] {
  return messages.flatMap(({ parts }) => parts.flatMap(addressedIn));
}

function addressedIn(part: Part): UriPart[] {
  if (part.type === "uri") return [part];
  if (part.type !== "tool_call_response") return [];
  return part.response.filter((each) => each.type === "uri");
}

/**
 * Throws 2123 where one of them is none that the provider fetches. Without its picture a question has another
 * answer, so this is no loss to be reported and forgotten.
 */
export function refuseUnfetched(
  messages: readonly Message[],
  fetches: (part: UriPart) => boolean,
): void {
  if (!addressedMedia(messages).every(fetches)) throw unfetched();
}

/** The error of media by an address that the provider does not fetch from. */
export function unfetched(): GatewayError {
  return new GatewayError(
    2123,
    "The provider does not fetch media from such an address: send them as a data: URI",
    { param: "messages.content" },
  );
}

/** The same request, with what `inline` gives in place of the parts it gives something for. */
export function withInlined(
  request: ChatRequest,
  inline: (part: UriPart) => BlobPart | undefined,
): ChatRequest {
  const replaced = <P extends Part>(part: P): P | BlobPart =>
    part.type === "uri" ? inline(part) ?? part : part;
  const messages = request.messages.map((message) => ({
    ...message,
    parts: message.parts.map((part): Part =>
      part.type === "tool_call_response"
        ? { ...part, response: part.response.map(replaced) }
        : replaced(part)
    ),
  }));
  return { ...request, messages };
}
