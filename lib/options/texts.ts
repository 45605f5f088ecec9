/** What may stand in the texts of a configuration. Each function returns what is wrong, if anything. */
import { maybePublicHost } from "../upstream/public_address.ts";
import { keyDocument, looksLikeDocument } from "../providers/key_document.ts";

/** Stand-ins that SDKs and shells leave where a key should be; a request that carries one carries no key. */
const PLACEHOLDERS = ["bearer", "undefined", "null", "cf_temp_token", "dragoman"];

/** How a provider's key is written that lies in the store: `store:NAME`. */
const IN_STORE = "store:";

/** The name of a key in the store, where this stands for one. */
export function storeNameOf(key: string): string | undefined {
  return key.startsWith(IN_STORE) ? key.slice(IN_STORE.length) : undefined;
}

/** A provider's key as a configuration has it: itself, or its name in the store. */
export function writtenKeyFault(key: string): string | undefined {
  const name = storeNameOf(key);
  return name === undefined ? providerKeyFault(key) : nameFault(name);
}

/** A provider's key: printable ASCII, as a header can carry it. */
export function keyFault(key: string): string | undefined {
  if (key === "") return "is empty: give the key, or leave it out";
  if (key.trim() !== key) return "has white space at an end: take it away";
  if (!/^[\x20-\x7e]+$/.test(key)) return "has characters that no key has: only printable ASCII";
  if (/^bearer\s/i.test(key)) return 'starts with "Bearer": give the key alone';
  if (/^(undefined|null|bearer)$/i.test(key)) return "is a stand-in, not a key";
  if (storeNameOf(key) !== undefined) {
    return "stands for a key in the store: only apiKey and keys may";
  }
  return undefined;
}

/** The same, or a document with a key in it, as clouds give them; what stands there is its provider's to judge. */
export function providerKeyFault(key: string): string | undefined {
  return looksLikeDocument(key) || keyDocument(key) !== undefined ? undefined : keyFault(key);
}

/** An access key: as `keyFault` says, and nothing that a request may carry without meaning it. */
export function accessKeyFault(key: string): string | undefined {
  const fault = keyFault(key);
  if (fault !== undefined) return fault;
  if (PLACEHOLDERS.includes(key.toLowerCase())) return "is a stand-in, not a key";
  return undefined;
}

/** A secret that other keys are derived from; its entropy can't be judged, but its length can. */
export function secretFault(secret: string): string | undefined {
  if (/^\s|\s$/.test(secret)) return "has white space at an end: take it away";
  if (secret.length >= 32) return undefined;
  return `must have 32 characters or more, and has ${secret.length}: ${NEW_SECRET}`;
}

/** How to come by a secret. */
export const NEW_SECRET = "make one with openssl rand -base64 32";

/** Names of access keys and aliases of provider keys. */
export function nameFault(name: string): string | undefined {
  if (/^[\w.@-]{1,64}$/.test(name)) return undefined;
  return "has a name that is not 1 to 64 letters, digits, '_', '-', '.' or '@'";
}

/** Headers that belong to the connection or the body: a fixed value would break calls. */
const FRAMING = new Set(
  ("connection content-length content-encoding expect host keep-alive proxy-authorization " +
    "proxy-connection te trailer transfer-encoding upgrade").split(" "),
);

/** A header's name, RFC 9110 §5.6.2. */
export function headerNameFault(name: string): string | undefined {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return "has a name that no header can have";
  if (FRAMING.has(name.toLowerCase())) return "cannot be set: each request has its own";
  return undefined;
}

/** A header's value: no line breaks, nothing that runtimes encode in different ways. */
export function headerValueFault(value: string): string | undefined {
  if (/^[\x20-\x7e\t]*$/.test(value) && value.trim() === value) return undefined;
  return "must be printable ASCII without line breaks or white space at an end";
}

/** An account's id becomes a segment of a path. */
export function accountFault(id: string): string | undefined {
  return /^[\w-]{1,64}$/.test(id) ? undefined : "must be 1 to 64 letters, digits, '_' or '-'";
}

/** Google's id of a project, or its number. */
export function projectFault(id: string): string | undefined {
  if (/^[a-z0-9](?:[a-z0-9:.-]{0,62}[a-z0-9])?$/.test(id)) return undefined;
  return "must be a project's id or number: lower-case letters, digits and hyphens";
}

/** A region becomes part of a host's name. */
export function regionFault(region: string): string | undefined {
  if (/^(?:global|us|eu|[a-z]{2,}(?:-[a-z]+)+-?\d{1,2})$/.test(region)) return undefined;
  return "must be a region's name, such as us-east-1 or europe-west4";
}

/** A version of an interface, as Azure writes them. */
export function apiVersionFault(version: string): string | undefined {
  if (/^(?:\d{4}-\d{2}-\d{2}(?:-preview)?|v1|preview|latest)$/.test(version)) return undefined;
  return 'must be a date such as 2024-10-21 or 2025-04-01-preview, "v1" or "preview"';
}

/** A resource becomes part of a host's name. */
export function resourceFault(name: string): string | undefined {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?$/.test(name)) return undefined;
  return "must be a resource's name: letters, digits and hyphens";
}

/** Gateways stand in paths and in logs. */
export function gatewayIdFault(id: string): string | undefined {
  if (/^[A-Za-z0-9][\w-]{0,63}$/.test(id)) return undefined;
  return "is not a gateway's name: 1 to 64 letters, digits, '-' or '_', the first a letter or digit";
}

/** A route may have the name of any model. */
export function routeNameFault(name: string): string | undefined {
  if (/^[\x21-\x7e]{1,256}$/.test(name) && !/^\/|\/$/.test(name)) return undefined;
  return "is not a route's name: 1 to 256 printable characters without spaces, no '/' at an end";
}

/** A model, as its provider names it. */
export function modelFault(name: string): string | undefined {
  if (/^[\x21-\x7e]{1,256}$/.test(name)) return undefined;
  return "must be a model's name: 1 to 256 printable characters without spaces";
}

/** RFC 3339 §5.6: a moment, with its offset. */
const MOMENT =
  /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** A moment; a day that its month doesn't have is none, whatever an engine makes of it. */
export function momentFault(moment: string): string | undefined {
  const [, year, month, day] = (MOMENT.exec(moment) ?? []).map(Number);
  const lastDay = new Date(Date.UTC(year!, month!, 0)).getUTCDate();
  if (month! >= 1 && month! <= 12 && day! >= 1 && day! <= lastDay) return undefined;
  return "must be a moment with its offset, as RFC 3339 has it, such as 2027-01-31T00:00:00Z";
}

/** A path below which, or at which, something is served. */
export function pathFault(path: string): string | undefined {
  if (/^(\/[\w.~!$&'()*+,;=:@%-]+)+\/?$/.test(path) && !/\/\.{1,2}(\/|$)/.test(path)) {
    return undefined;
  }
  return "must be a path that starts with '/', such as /ai, without query or fragment";
}

/** A host name without port, or an IPv6 address in brackets. */
export function hostFault(host: string): string | undefined {
  if (/^[a-z0-9_][a-z0-9_.-]{0,252}$/i.test(host)) return undefined;
  if (/^\[[0-9a-f:.]+\]$/i.test(host)) return undefined;
  return "must be a host name such as ai.example.com, without scheme, port or path";
}

/** An origin as browsers send it, or `*`. */
export function originFault(origin: string): string | undefined {
  if (origin === "*") return undefined;
  if (URL.canParse(origin) && new URL(origin).origin === origin) return undefined;
  return "must be an origin such as https://app.example.com, without a path, or *";
}

/** A host that may be asked, `*.` before it for all below it; private ones never may. */
export function mediaHostFault(host: string): string | undefined {
  const [, name, port = ""] = /^(?:\*\.)?([a-z0-9_][a-z0-9_.-]{0,250}?)(:\d{1,5})?$/i.exec(host) ??
    [];
  const url = `http://${name}${port}`;
  if (name === undefined || !URL.canParse(url)) {
    return 'must be a host such as "cdn.example.com", "*.example.com" or "cdn.example.com:8443"';
  }
  return maybePublicHost(new URL(url).hostname)
    ? undefined
    : "must be public: others are never asked";
}
