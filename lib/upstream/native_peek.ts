/** What limits need to know of a request in a provider's own words: which model it asks, and for how much. */
import type { OutputPeek } from "../chat/codec.ts";
import { type JsonText, readMember, scanObject } from "../json/scan_object.ts";
import { nativeAddressOf, type NativeRequest } from "./passthrough.ts";

/** As much as can be read. */
export interface NativePeek {
  /** As the provider names it; absent where nobody can tell. */
  model?: string;
  /** Further models that it names, for its provider to fall back to. */
  fallbacks?: readonly string[];
  /** What it says of its answer. */
  output: OutputPeek;
  /** Length of its body, as far as that is known. */
  characters: number;
}

/**
 * Reads a request with its provider's own codec, and takes nothing for granted that it does not say. Throws
 * `GatewayError` for one that has nowhere to go.
 */
export function peekNative(request: NativeRequest): NativePeek {
  const { provider: { definition: { codec } }, headers, body } = request;
  const text = typeof body === "string"
    ? body
    : body instanceof Uint8Array
    ? utf8.decode(body)
    : undefined;
  const characters = text?.length ?? (Number(headers["content-length"]) || 0);
  const json = text === undefined ? undefined : scanned(text);
  const model = modelOf(request, json);
  const own = (model !== undefined && codec?.forModel?.(model)) || codec;
  const fallbacks = json && codec?.peekFallbacks?.(json);
  return {
    output: json && own?.peekOutput?.(json) || {},
    characters,
    ...(model !== undefined && { model }),
    ...(fallbacks !== undefined && { fallbacks }),
  };
}

const utf8 = new TextDecoder();

/** What is malformed, or names a member twice, is the provider's to judge: nobody can tell what it will make of it. */
function scanned(text: string): JsonText | undefined {
  try {
    return scanObject(text);
  } catch {
    return undefined;
  }
}

/** Where a provider's paths name models, it does not look into the body, where another name may stand. */
function modelOf(request: NativeRequest, json: JsonText | undefined): string | undefined {
  const { model } = nativeAddressOf(request);
  if (model !== undefined) return model ?? undefined;
  if (request.provider.definition.codec === undefined) return undefined;
  const named = json && readMember(json, "model");
  return typeof named === "string" ? named : undefined;
}
