/** A request of OpenAI's → neutral. https://platform.openai.com/docs/api-reference/embeddings/create */
import { ASKED_COST, readAskedCost } from "../../chat/asked_cost.ts";
import { purposeOf } from "../../embeddings/purpose.ts";
import { PURPOSE_MEMBERS } from "../../embeddings/members.ts";
import type { EmbeddingInput, EmbeddingRequest } from "../../embeddings/request.ts";
import { type Json, present, restOf } from "../../json/fields.ts";
import { readNames, readNumber, readString, refuse } from "../../json/read_members.ts";
import { extend } from "./profile.ts";

/** More inputs OpenAI refuses. */
export const MOST_INPUTS = 2048;

const KNOWN: ReadonlySet<string> = new Set([
  "model",
  "input",
  "dimensions",
  "encoding_format",
  "user",
  ASKED_COST,
]);

/** Reads a request; what only this protocol can say goes to the extensions. Throws 2019 naming the parameter. */
export function decodeRequest(body: Json): EmbeddingRequest {
  const { input } = body;
  const words = [...PURPOSE_MEMBERS].map((name) => body[name]);
  const said = words.find((word) => typeof word === "string");
  return {
    model: readString(body, "model") || refuse("model", "a string"),
    ...decodeInput(input),
    ...present({
      fallbacks: readNames(body, "models"),
      dimensions: readDimensions(body),
      encoding: readEncoding(body.encoding_format),
      user: readString(body, "user"),
      cost: readAskedCost(body) || undefined,
      purpose: typeof said === "string" ? purposeOf(said) : undefined,
    }),
    ...extend(restOf(body, KNOWN)),
  };
}

function decodeInput(input: unknown): Pick<EmbeddingRequest, "inputs" | "alone"> {
  if (typeof input === "string") return { inputs: [input], alone: true };
  if (!Array.isArray(input) || input.length === 0) return refuseInput();
  if (isTokens(input)) return { inputs: [input], alone: true };
  const alike = input.every((each) => typeof each === "string") || input.every(isTokens);
  if (!alike) return refuseInput();
  if (input.length > MOST_INPUTS) refuse("input", `a list of at most ${MOST_INPUTS} inputs`);
  return { inputs: input as EmbeddingInput[] };
}

function isTokens(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 &&
    value.every((each) => Number.isInteger(each) && each >= 0);
}

function refuseInput(): never {
  return refuse("input", "a string, a list of strings, a list of tokens or a list of such lists");
}

function readDimensions(body: Json): number | undefined {
  const dimensions = readNumber(body, "dimensions");
  if (dimensions === undefined) return undefined;
  if (!Number.isInteger(dimensions) || dimensions < 1) {
    refuse("dimensions", "a whole number from 1");
  }
  return dimensions;
}

function readEncoding(format: unknown): EmbeddingRequest["encoding"] {
  if (format === undefined || format === null) return undefined;
  if (format === "float" || format === "base64") return format;
  return refuse("encoding_format", '"float" or "base64"');
}
