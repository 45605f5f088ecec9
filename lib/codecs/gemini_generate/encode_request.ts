/** A neutral request → Google's. https://ai.google.dev/api/generate-content */
import { refuseUnfetched } from "../../chat/addressed_media.ts";
import type { CallOptions, EncodedRequest } from "../../chat/codec.ts";
import { Losses } from "../../chat/losses.ts";
import { pathSegment } from "../../chat/path_segment.ts";
import type { ChatRequest } from "../../chat/request.ts";
import type { Json } from "../../json/fields.ts";
import { encodeConfig } from "./encode_config.ts";
import { encodeContents } from "./encode_contents.ts";
import { encodeTools } from "./encode_tools.ts";
import { extensionOf } from "./extension.ts";
import { encodeForeign } from "./foreign_words.ts";
import { fetchesMedia } from "./media_parts.ts";
import type { GeminiProfile } from "./profile.ts";

/** Writes a request. */
export function encodeRequest(
  profile: GeminiProfile,
  request: ChatRequest,
  options: CallOptions,
): EncodedRequest {
  refuseUnfetched(request.messages, (part) => fetchesMedia(profile, part));
  const losses = new Losses();
  const { tools: _, toolConfig: __, generationConfig: ___, ...rest } = extensionOf(request);
  const foreign = encodeForeign(profile, request, losses);
  const config = { ...foreign.config, ...encodeConfig(profile, request, losses) };
  const body: Json = {
    ...encodeContents(request.messages, { profile, losses }),
    ...encodeTools(profile, request, losses),
    ...(Object.keys(config).length > 0 && { generationConfig: config }),
    ...foreign.body,
    ...rest,
  };
  // What is cached holds the instruction and the tools; Google refuses them beside it.
  if (body.cachedContent !== undefined) {
    for (const member of ["systemInstruction", "tools", "toolConfig"]) delete body[member];
  }
  return { path: pathOf(profile, options), body: JSON.stringify(body), warnings: losses.warnings };
}

/** Each step of a model's name is a step of the path; nothing in it may end the path. */
function pathOf(profile: GeminiProfile, { model, stream }: CallOptions): string {
  const steps = stepsOf(profile, model);
  const name = steps.map((step) => pathSegment(step).replaceAll("%40", "@")).join("/");
  const path = /^(models|tunedModels|endpoints|publishers|projects)\//.test(name)
    ? name
    : profile.modelPrefix + name;
  return `/${path}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`;
}

function stepsOf({ publisher = "" }: GeminiProfile, model: string): string[] {
  const own = model.startsWith(publisher) ? model.slice(publisher.length) : model;
  return own.replace(/^\/+|\/+$/g, "").split(/\/+/);
}

/** The shortest of the names that are sent as one path. */
export function canonicalModel(profile: GeminiProfile, model: string): string {
  if (!model.includes("/")) return model;
  const name = stepsOf(profile, model).join("/").replace(PLACE, "");
  const { modelPrefix } = profile;
  return name.startsWith(modelPrefix) ? name.slice(modelPrefix.length) : name;
}

const PLACE = /^projects\/[^/]+\/locations\/[^/]+\//;
