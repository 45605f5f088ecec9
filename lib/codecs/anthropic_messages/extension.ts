import { extensionsOf, foreignMembers } from "../../chat/extension.ts";
import type { Extended } from "../../chat/request.ts";
import { type Json, objectOf } from "../../json/fields.ts";
import { PROTOCOL } from "./profile.ts";

export const { extend, extensionOf } = extensionsOf(PROTOCOL);

/**
 * What callers of other dialects have put beside a thing. Many name Anthropic's own members there, such
 * as `cache_control`; `inner` is where their codecs keep what stood one level deeper.
 */
export function foreignOf(thing: Extended): Json {
  const foreign: Json = {};
  if (thing.extensions === undefined) return foreign;
  for (const [name, value] of foreignMembers(thing, PROTOCOL)) {
    if (name === "inner") Object.assign(foreign, objectOf(value));
    else foreign[name] = value;
  }
  return foreign;
}

/** Those of them that bear these names. */
export function sharedMembers(thing: Extended, names: readonly string[]): Json {
  const members: Json = {};
  if (thing.extensions === undefined) return members;
  const foreign = foreignOf(thing);
  for (const name of names) {
    if (foreign[name] !== undefined && foreign[name] !== null) members[name] = foreign[name];
  }
  return members;
}
