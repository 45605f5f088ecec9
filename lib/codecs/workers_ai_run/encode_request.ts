/** A neutral request → Workers AI's: OpenAI's, with the model in the path. */
import type { CallOptions, EncodedRequest, ProviderCodec } from "../../chat/codec.ts";
import type { ChatRequest } from "../../chat/request.ts";
import type { Json } from "../../json/fields.ts";
import { runPath } from "./run_path.ts";

/** Writes a request; counts come without being asked for, and the limit goes by its older name. */
export function encodeRequest(
  chat: ProviderCodec,
  request: ChatRequest,
  options: CallOptions,
): EncodedRequest {
  const encoded = chat.encodeRequest(request, options);
  const { model: _, stream_options: __, max_completion_tokens: limit, ...body } = JSON.parse(
    encoded.body,
  ) as Json;
  const inputs = limit === undefined ? body : { ...body, max_tokens: limit };
  return { ...encoded, path: runPath(options.model), body: JSON.stringify(inputs) };
}
