/** What one protocol keeps in the extensions of neutral things. */
import { type Json } from "../json/fields.ts";
import type { Extended, Extensions } from "./request.ts";

/** The two ways of a protocol to its own extensions. */
export interface ExtensionAccess {
  /** `{ extensions }` with what is left over, nothing at all when nothing is. */
  extend(rest: Json): { extensions?: Extensions };
  /** What this protocol has put into a thing's extensions. */
  extensionOf(thing: Extended): Json;
}

/** Gives a protocol its own place among the extensions. */
export function extensionsOf(protocol: string): ExtensionAccess {
  return {
    extend: (rest) => Object.keys(rest).length === 0 ? {} : { extensions: { [protocol]: rest } },
    extensionOf: (thing) => thing.extensions?.[protocol] ?? {},
  };
}

/** What other protocols have put there, with the name each goes by. */
export function* foreignMembers(
  thing: Extended,
  protocol: string,
): Generator<[name: string, value: unknown]> {
  for (const [other, values] of Object.entries(thing.extensions ?? {})) {
    if (other === protocol) continue;
    for (const [name, value] of Object.entries(values)) {
      if (value !== undefined && value !== null) yield [name, value];
    }
  }
}
