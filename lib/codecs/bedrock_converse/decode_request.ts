/** A Converse request → neutral. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
import type { ChatRequest, OutputFormat } from "../../chat/request.ts";
import {
  isObject,
  type Json,
  objectOf,
  parseJson,
  present,
  restOf,
  textOf,
} from "../../json/fields.ts";
import { readNumber, readObjects, readStrings, refuse } from "../../json/read_members.ts";
import { decodeTools } from "./decode_tools.ts";
import { decodeSystem, decodeTurns } from "./decode_turns.ts";
import { extend } from "./profile.ts";
import { readPath } from "./request_path.ts";

/** Members the neutral language has words for; some only in part. */
const KNOWN: ReadonlySet<string> = new Set([
  "modelId",
  "messages",
  "system",
  "inferenceConfig",
  "toolConfig",
  "outputConfig",
  "requestMetadata",
]);

/**
 * Reads a request; model and stream stand in its path. What only this protocol can say goes to the extensions.
 * `signaturesOf` says whose signatures a model's thoughts bear.
 */
export function decodeRequest(
  body: Json,
  path: string | undefined,
  signaturesOf: (model: string) => string,
): ChatRequest {
  const { model, stream } = readPath(body.modelId, path);
  const messages = readObjects(body, "messages") ?? [];
  const system = readObjects(body, "system") ?? [];
  const { rest: toolRest, ...tools } = decodeTools(objectOf(body.toolConfig));
  const { format, rest: outputRest } = decodeOutput(body.outputConfig);
  return {
    model,
    messages: [...decodeSystem(system), ...decodeTurns(messages, signaturesOf(model))],
    stream,
    ...tools,
    ...decodeInference(objectOf(body.inferenceConfig)),
    ...present({ outputFormat: format, metadata: decodeMetadata(body.requestMetadata) }),
    ...extend({
      ...restOf(body, KNOWN),
      ...toolRest,
      ...(Object.keys(outputRest).length > 0 && { outputConfig: outputRest }),
    }),
  };
}

function decodeInference(config: Json): Partial<ChatRequest> {
  return present({
    maxTokens: readNumber(config, "maxTokens"),
    temperature: readNumber(config, "temperature"),
    topP: readNumber(config, "topP"),
    stopSequences: readStrings(config, "stopSequences"),
  });
}

function decodeMetadata(metadata: unknown): Record<string, string> | undefined {
  if (metadata === undefined || metadata === null) return undefined;
  if (!isObject(metadata) || !Object.values(metadata).every((each) => typeof each === "string")) {
    refuse("requestMetadata", "an object of strings");
  }
  return metadata as Record<string, string>;
}

function decodeOutput(config: unknown): { format?: OutputFormat; rest: Json } {
  const { textFormat, ...rest } = objectOf(config);
  const { jsonSchema } = objectOf(objectOf(textFormat).structure);
  if (!isObject(jsonSchema)) return { rest };
  const schema = parseJson(String(jsonSchema.schema));
  if (!isObject(schema)) refuse("outputConfig.textFormat.structure.jsonSchema.schema", "JSON text");
  const description = textOf(jsonSchema.description);
  const name = textOf(jsonSchema.name) ?? "response";
  return {
    format: {
      type: "json_schema",
      name,
      schema,
      ...(description !== undefined && { description }),
    },
    rest,
  };
}
