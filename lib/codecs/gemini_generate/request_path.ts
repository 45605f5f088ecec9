/** Google names the model, and whether the answer is a stream, in the request's path. */
import type { OutputPeek, RequestPeek } from "../../chat/codec.ts";
import { GatewayError } from "../../errors.ts";
import { objectOf, present, quantityOf } from "../../json/fields.ts";
import { type JsonText, readMember } from "../../json/scan_object.ts";
import { camelCase } from "./camel_case.ts";

/** What a path says. */
interface RequestPath {
  model: string;
  stream: boolean;
}

const PATH = /\/(?:models\/)?([^:]+):(generateContent|streamGenerateContent)(?:\?|$)/;

/** `/v1beta/models/gemini-2.5-flash:streamGenerateContent`; `undefined` for any other path. */
export function readPath(path: string): RequestPath | undefined {
  const from = Math.max(path.lastIndexOf("/models/"), path.lastIndexOf("/endpoints/"), 0);
  const [, name, method] = PATH.exec(path.slice(from)) ?? [];
  if (name === undefined) return undefined;
  return { model: decodeURIComponent(name), stream: method === "streamGenerateContent" };
}

/** Reads the path; a body may hold `model` and `stream` where there is none. Counts always come. */
export function peekRequest(body: JsonText, path = ""): RequestPeek {
  const wishes = { usage: true };
  const named = readPath(path);
  if (named !== undefined) return { ...named, wishes };
  const model = readMember(body, "model");
  if (typeof model !== "string" || model === "") {
    throw new GatewayError(
      2019,
      "Cannot read the request: the path must end in models/<name>:generateContent",
      { param: "model" },
    );
  }
  return { model, stream: readMember(body, "stream") === true, wishes };
}

/** Reads `maxOutputTokens` and `candidateCount`. */
export function peekOutput(body: JsonText): OutputPeek {
  const written = readMember(body, "generationConfig") ?? readMember(body, "generation_config");
  const { maxOutputTokens, candidateCount } = camelCase(objectOf(written));
  return present({ most: quantityOf(maxOutputTokens), choices: quantityOf(candidateCount) });
}
