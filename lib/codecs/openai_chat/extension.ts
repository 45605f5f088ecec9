import type { Extensions } from "../../chat/request.ts";
import type { Json } from "../../json/fields.ts";
import { PROTOCOL } from "./profile.ts";

/** `{ extensions }` with what is left over, nothing at all when nothing is. */
export function extend(rest: Json): { extensions?: Extensions } {
  return Object.keys(rest).length === 0 ? {} : { extensions: { [PROTOCOL]: rest } };
}

/** What this protocol has put into a thing's extensions. */
export function extensionOf(thing: { extensions?: Extensions }): Json {
  return thing.extensions?.[PROTOCOL] ?? {};
}
