import type { RequestPeek } from "../../chat/codec.ts";
import { type JsonText, readMember } from "../../json/scan_object.ts";
import { refuse } from "../../json/read_members.ts";
import { modelOfPath } from "./run_path.ts";

/** Reads the path's model, or the body's, and `stream`; counts always come at the end of a stream. */
export function peekRequest(body: JsonText, path?: string): RequestPeek {
  const model = modelOfPath(path) ?? readMember(body, "model");
  if (typeof model !== "string" || model === "") refuse("model", "a model's name, in the path");
  if (!body.members.has("messages") && !body.members.has("prompt")) {
    refuse("messages", "an array of messages, unless there is a prompt");
  }
  const stream = readMember(body, "stream") ?? false;
  if (typeof stream !== "boolean") refuse("stream", "true or false");
  return { model, stream, wishes: { usage: true } };
}
