import { refuse } from "../../json/read_members.ts";

/** What a request's path says. */
export interface PathWords {
  model: string;
  stream: boolean;
}

/** Reads `…/model/{model}/converse` and `…/converse-stream`; a model in the body stands for one in the path. */
export function readPath(modelId: unknown, path = ""): PathWords {
  const match = /\/model\/([^/]+)\/converse(-stream)?\/?$/.exec(path);
  const named = match?.[1] === undefined ? modelId : decoded(match[1]);
  if (typeof named !== "string" || named === "") refuse("modelId", "a model's name");
  return { model: named, stream: match?.[2] !== undefined };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return refuse("modelId", "percent-encoded text");
  }
}

/** Models, and profiles that lead to them, go by ARNs too, in which all but the end says where they are. */
export function canonicalModel(model: string): string {
  return model.replace(
    /^arn:[^:/]+:bedrock:[^:/]*:[^:/]*:(?:foundation-model|inference-profile)\//,
    "",
  );
}
