/** What limits need to know of a request in a provider's own words: which model it asks, and for how much. */
import type { OutputPeek, ProviderCodec, RequestPeek } from "../chat/codec.ts";
import { type JsonText, readMember, scanObject } from "../json/scan_object.ts";
import type { NativeRequest } from "./passthrough.ts";

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

/** Reads a request with its provider's own codec, and takes nothing for granted that it does not say. */
export function peekNative({ provider, path, headers, body }: NativeRequest): NativePeek {
  const text = typeof body === "string"
    ? body
    : body instanceof Uint8Array
    ? textOf(body)
    : undefined;
  const characters = text?.length ?? (Number(headers["content-length"]) || 0);
  const json = text === undefined ? undefined : scanned(text);
  if (json === undefined) return { output: {}, characters };
  const { codec } = provider.definition;
  const peek = peeked(json, path, codec);
  const model = modelOf(peek?.model ?? readMember(json, "model"), path);
  const output = codec?.peekOutput?.(json) ?? {};
  return {
    output,
    characters,
    ...(model !== undefined && { model }),
    ...(peek?.fallbacks !== undefined && { fallbacks: peek.fallbacks }),
  };
}

const utf8 = new TextDecoder();

function textOf(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

/** What is malformed, or names a member twice, is the provider's to judge: nobody can tell what it will make of it. */
function scanned(text: string): JsonText | undefined {
  try {
    return scanObject(text);
  } catch {
    return undefined;
  }
}

/** Where paths name models, or what stands for them. */
const NAMED_IN_PATH = /\/(?:models?|deployments|endpoints|engines|publishers|run)\/[^/]/;

/** Only what is chat can be read as such. */
function peeked(
  body: JsonText,
  path: string,
  codec: ProviderCodec | undefined,
): RequestPeek | undefined {
  try {
    return codec?.peekRequest?.(body, path);
  } catch {
    return undefined;
  }
}

/** A provider whose paths name models does not look into the body, where another name may stand. */
function modelOf(named: unknown, path: string): string | undefined {
  if (typeof named !== "string") return undefined;
  return !NAMED_IN_PATH.test(path) || decoded(path).includes(named) ? named : undefined;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
