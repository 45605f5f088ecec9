/** What a provider answered, as it may be kept and given again. */
import { bytesOfText, textOfBytes } from "../byte_text.ts";
import { utf8Bytes } from "../stream/utf8.ts";

/** A provider's answer, complete and in its own words. */
export interface KeptAnswer {
  /** In one piece, or as the events of a stream. */
  form: "whole" | "stream";
  /** The model that was asked, as the provider names it; empty where nobody knows it. */
  model: string;
  /** The content type. */
  type: string;
  /** `body` has one character a byte, because it is no UTF-8. */
  binary?: true;
  body: string;
}

/** An answer's body as text: as UTF-8 where it is that, to the byte in any case. */
export function keptBody(bytes: Uint8Array): Pick<KeptAnswer, "body" | "binary"> {
  try {
    const body = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { body };
  } catch {
    return { body: textOfBytes(bytes), binary: true };
  }
}

/** The very bytes that {@linkcode keptBody} was given. */
export function bytesOfKept({ body, binary }: Pick<KeptAnswer, "body" | "binary">): Uint8Array {
  return binary === true ? bytesOfText(body) : utf8Bytes(body);
}
