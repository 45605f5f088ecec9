/** The secrets that a test hands a gateway: none of them may come out again. */

/** Shorter ones are words that stand anywhere, and nobody's keys. */
const SHORTEST = 8;

/** Headers that carry a caller's keys. */
const CREDENTIALS = "authorization cf-aig-authorization x-api-key x-goog-api-key api-key xi-api-key"
  .split(" ");

/** What stands where a key should be, and is none. */
const STAND_INS = new Set(["undefined", "cf_temp_token", "dragoman"]);

/** Settings of a provider that are secret besides its keys. */
const PARTS = ["apiKey", "accessKeyId", "secretAccessKey", "sessionToken", "clientSecret"];

/** The secrets of a configuration, which may be wrong in any way. */
export function secretsIn(options: unknown): string[] {
  const { providers, gateways, secret, store } = membersOf(options);
  const found = [
    ...Object.values(membersOf(providers)).flatMap((settings) => {
      const { keys, ...rest } = membersOf(settings);
      return [keys, ...PARTS.map((part) => rest[part])].flatMap(keysIn);
    }),
    ...Object.values(membersOf(gateways)).flatMap((entry) => {
      const { accessKeys } = membersOf(entry);
      return [accessKeys].flat().flatMap((key) => keysIn(membersOf(key).key ?? key));
    }),
    ...keysIn(secret),
    ...passwordOf(membersOf(store).url),
  ];
  return worthWatching(found);
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

/** Every text in it, but for weights and names. */
function keysIn(value: unknown): string[] {
  if (typeof value === "string") return /^(env|file|store):/.test(value) ? [] : keyAndInside(value);
  return Object.values(membersOf(value)).flatMap(keysIn);
}

/** A key that is a document holds secrets that may be shown apart from it. */
function keyAndInside(key: string): string[] {
  const { private_key, ...rest } = membersOf(parsed(key));
  return [key, private_key, ...PARTS.map((part) => rest[part])].filter((each) =>
    typeof each === "string"
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function passwordOf(url: unknown): string[] {
  if (typeof url !== "string" || !URL.canParse(url)) return [];
  return [decodeURIComponent(new URL(url).password)];
}

/** The secrets of a process's environment: its keys, and those of a configuration. */
export function secretsInEnvironment(env: Record<string, string | undefined>): string[] {
  return Object.entries(env).flatMap(([name, value = ""]) => {
    if (name === "DRAGOMAN_CONFIG") return secretsIn(parsed(value));
    return /KEY|SECRET|TOKEN|PASSWORD/.test(name) ? worthWatching(value.split(",")) : [];
  });
}

/** The keys that came with a request. */
export function secretsOfRequest(headers: Headers, url: string): string[] {
  const carried = CREDENTIALS.flatMap((name) => headers.get(name) ?? []);
  const query = URL.canParse(url) ? new URL(url).searchParams.get("key") : null;
  const words = carried.map((value) => value.trim().split(/\s+/).at(-1)!);
  return worthWatching([...words, ...(query === null ? [] : [query])]);
}

/** Those that are no words. */
export function worthWatching(texts: readonly string[]): string[] {
  return texts.map((text) => text.trim()).filter((text) =>
    text.length >= SHORTEST && !STAND_INS.has(text.toLowerCase())
  );
}
