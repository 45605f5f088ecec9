/** The steps that a request to the universal endpoint lists. */
import type { Warning } from "../../chat/warning.ts";
import { GatewayError, isGatewayError } from "../../errors.ts";
import type { HeaderReader } from "../../fetch_like.ts";
import type { Json } from "../../json/fields.ts";
import { refuse } from "../../json/read_members.ts";
import { scanArray, scanObject } from "../../json/scan_object.ts";
import { nearest } from "../../nearest.ts";
import { headersOf } from "./entry_headers.ts";

/** One step: whom to ask, and what. */
export interface Entry {
  /** How its place in the body is named: `[1]`, or nothing where the body is one step. */
  place: string;
  /** A provider's slug, or `compat`. */
  provider: string;
  /** Path and query below the provider's base, without a slash at the beginning. */
  endpoint: string;
  /** Lower-case names; `config` stands here too. */
  headers: ReadonlyMap<string, string>;
  /** The body to be sent, as it stands in the request: JSON text. */
  query: string;
  /** What of the entry nobody knows. */
  warnings: readonly Warning[];
}

/** One request becomes as many as this, each with its retries: more helps nobody but an attacker. */
const MOST_ENTRIES = 50;

/** Reads a list of steps, or one step. Throws 2100 for what is no JSON, 2019 naming the member that is wrong. */
export function readEntries(text: string): Entry[] {
  const elements = scanArray(text);
  if (elements === undefined) return [readEntry(text, "")];
  if (elements.length === 0 || elements.length > MOST_ENTRIES) {
    throw new GatewayError(
      2019,
      `Cannot read the request: it must list 1 to ${MOST_ENTRIES} steps, not ${elements.length}`,
    );
  }
  return elements.map((element, index) => readEntry(element, `[${index}]`));
}

/** The name of a member of an entry: `[1].provider`. */
export function memberOf(place: string, name: string): string {
  return place === "" ? name : `${place}.${name}`;
}

/** What an address can hold as path and query: no fragment, and no other spelling of a slash. */
const ENDPOINT = /^[\x21\x22\x24-\x5b\x5d-\x7e]+$/;

const MEMBERS = ["provider", "endpoint", "headers", "query", "config", "authorization"];

function readEntry(text: string, place: string): Entry {
  if (place !== "" && !text.startsWith("{")) {
    refuse(place, "an object with provider, endpoint, headers and query");
  }
  const { value, members } = inPlace(place, () => scanObject(text));
  const query = members.get("query");
  if (query === undefined) refuse(memberOf(place, "query"), "the provider's request body");
  return {
    place,
    provider: textIn(value, "provider", place, 'a provider\'s slug, or "compat"'),
    endpoint: endpointIn(value, place),
    headers: headersOf(value, place),
    query: text.slice(query.start, query.end),
    warnings: unknownMembers(value, place),
  };
}

/** Does something for an entry; what goes wrong says in which. */
export function inPlace<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw placed(place, error);
  }
}

function placed(place: string, error: unknown): unknown {
  if (place === "" || !(isGatewayError(error))) return error;
  const { code, message, param, status, retryable } = error;
  return new GatewayError(code, `${place}: ${message}`, {
    status,
    retryable,
    cause: error,
    ...(param !== undefined && { param: memberOf(place, param) }),
  });
}

function endpointIn(value: Json, place: string): string {
  const form = 'a path below the provider\'s base, such as "chat/completions"';
  const endpoint = textIn(value, "endpoint", place, form).replace(/^\/+/, "");
  if (endpoint === "" || !ENDPOINT.test(endpoint)) {
    refuse(memberOf(place, "endpoint"), form);
  }
  return endpoint;
}

function textIn(value: Json, name: string, place: string, what: string): string {
  const text = Object.hasOwn(value, name) ? value[name] : undefined;
  if (typeof text !== "string" || text === "") refuse(memberOf(place, name), what);
  return text;
}

function unknownMembers(value: Json, place: string): Warning[] {
  return Object.keys(value).filter((name) => !MEMBERS.includes(name)).map((name) => {
    const meant = nearest(name, MEMBERS);
    return {
      kind: "dropped",
      param: memberOf(place, name.slice(0, 40)),
      reason: meant === undefined ? "unknown" : `unknown; is ${meant} meant?`,
    };
  });
}

/** The entry's own headers, then the request's. */
export function headersFor({ headers }: Entry, request: HeaderReader): HeaderReader {
  return { get: (name) => headers.get(name.toLowerCase()) ?? request.get(name) };
}
