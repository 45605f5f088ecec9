import { type Field, SOURCES } from "../../routing/graph/field.ts";
import type { Fault } from "../fault.ts";

/** Headers that hold credentials: nothing may be decided, and so told, by them. */
const SECRET =
  /^(?:(?:proxy-|cf-aig-)?authorization|cookie|(?:x-|xi-|x-goog-)?api-key|payment-signature|cf-access-.*)$/;

/** Reads a field's name; pushes what is wrong with it. */
export function readField(
  text: string,
  path: readonly PropertyKey[],
  faults: Fault[],
): Field | undefined {
  const problem = fieldFault(text);
  if (problem !== undefined) {
    faults.push({ path, problem });
    return undefined;
  }
  const dot = text.indexOf(".");
  const source = SOURCES.find((each) => each === text.slice(0, dot))!;
  const rest = text.slice(dot + 1);
  // Names of metadata may hold dots, those of headers have no parts.
  return { source, path: source === "body" ? rest.split(".") : [rest], text };
}

function fieldFault(text: string): string | undefined {
  const [source = "", ...rest] = text.split(".");
  if (!SOURCES.some((each) => each === source) || rest.length === 0 || rest.includes("")) {
    return `must be a field that begins with metadata., body. or headers., ` +
      `got "${text.slice(0, 80)}"`;
  }
  const name = rest.join(".").toLowerCase();
  if (source !== "headers") return undefined;
  if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) {
    return `has a name that no header can have: "${name}"`;
  }
  return SECRET.test(name)
    ? "is a header that holds a credential: choose another field"
    : undefined;
}
