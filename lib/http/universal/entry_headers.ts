/** The headers of a step, and its `config`, which says the same as some of them. */
import { isObject, type Json } from "../../json/fields.ts";
import { refuse } from "../../json/read_members.ts";
import { nearest } from "../../nearest.ts";

/** The one of them whose value is an object. */
const CUSTOM_COST = "cf-aig-custom-cost";

/** What a step's `config` may say, and the header of the same meaning. */
const CONFIG: Readonly<Record<string, string>> = {
  requestTimeout: "cf-aig-request-timeout",
  maxAttempts: "cf-aig-max-attempts",
  retryDelay: "cf-aig-retry-delay",
  backoff: "cf-aig-backoff",
  cacheTtl: "cf-aig-cache-ttl",
  skipCache: "cf-aig-skip-cache",
  customCost: CUSTOM_COST,
};

/** https://www.rfc-editor.org/rfc/rfc9110#name-tokens */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** What every `fetch` takes. */
const VALUE = /^[\x20-\x7e\x80-\xff\t]*$/;

/**
 * All that an entry says by headers, with lower-case names: what its `config` says, over that its `headers`. Numbers,
 * booleans and objects are written as Cloudflare's binding takes them. Throws 2019 naming the member.
 */
export function headersOf(entry: Json, place: string): ReadonlyMap<string, string> {
  const prefix = place === "" ? "" : `${place}.`;
  const headers = new Map<string, string>();
  for (const [name, value] of membersIn(entry, "config", prefix)) {
    const header = Object.hasOwn(CONFIG, name) ? CONFIG[name] : undefined;
    if (header === undefined) {
      refuse(`${prefix}config`, `made of known members, not ${unknown(name)}`);
    }
    if (typeof value === "object" && header !== CUSTOM_COST) {
      refuse(`${prefix}config.${name}`, "a number or a word");
    }
    headers.set(header, headerText(value));
  }
  const { authorization } = entry;
  if (typeof authorization === "string") headers.set("authorization", authorization);
  for (const [name, value] of membersIn(entry, "headers", prefix)) {
    const text = headerText(value);
    const fits = NAME.test(name) && VALUE.test(text);
    if (!fits) refuse(`${prefix}headers.${name.slice(0, 40)}`, "what a header can hold");
    headers.set(name.toLowerCase(), text);
  }
  return headers;
}

function headerText(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The members of an object that may be left out, without those that are null. */
function membersIn(entry: Json, name: string, prefix: string): [string, unknown][] {
  const value = entry[name] ?? {};
  if (!isObject(value)) refuse(prefix + name, "an object");
  return Object.entries(value).filter(([, each]) => each !== null);
}

function unknown(name: string): string {
  const known = Object.keys(CONFIG);
  const meant = nearest(name, known);
  const shown = `"${name.slice(0, 40)}"`;
  return meant === undefined
    ? `${shown} (known are ${known.join(", ")})`
    : `${shown} (is ${meant} meant?)`;
}
