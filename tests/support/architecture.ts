/**
 * The rules of the house, checked on source text: who may import whom, who may name a runtime, a provider
 * or the network. Each function returns sentences, one a breach.
 */

/** A path below the root (`lib/chat/codec.ts`) and its text. */
export type Sources = ReadonlyMap<string, string>;

/** Rooms of `lib/` by floor: a file may import from its own room and from lower floors. */
const FLOORS: readonly (readonly string[])[] = [
  [
    "errors",
    "error_catalogue",
    "clock",
    "soon",
    "secret",
    "digest",
    "hex",
    "byte_text",
    "random",
    "nearest",
    "byte_source",
    "fetch_like",
    "version",
  ],
  ["stream", "store", "json"],
  ["chat"],
  ["embeddings"],
  ["codecs"],
  ["providers"],
  ["upstream"],
  ["policy"],
  ["routing", "telemetry"],
  ["http"],
  ["options", "gateway"],
  ["serve", "testing"],
  ["exports"],
];

/** Files of these floors lie side by side, each with its own folder at most, and are one room. */
const SHARED_ROOMS = new Set([0, 10]);

const LONGEST = 300;

interface Import {
  line: number;
  specifier: string;
  /** `import type`: gone before anything runs. */
  typeOnly: boolean;
}

/** Blanks comments, which may speak of anything. Formatted code puts block comments on their own lines. */
export function withoutComments(source: string): string {
  return source.split("\n").map((line) =>
    /^\s*(\/\/|\/\*|\*)/.test(line) ? "" : line.replace(/\s\/\/ .*$/, "")
  ).join("\n");
}

/** Every module a file imports, re-exports or loads, with its line. */
export function importsOf(source: string): Import[] {
  const pattern =
    /(?:^\s*(?:import|export)\b[^"';()]*?\bfrom\s*|^\s*import\s*|\bimport\s*\(\s*)["']([^"']+)["']/gm;
  const code = withoutComments(source);
  return [...code.matchAll(pattern)].map((match) => ({
    line: code.slice(0, match.index + match[0].length).split("\n").length,
    specifier: match[1]!,
    typeOnly: /^\s*(?:import|export)\s+type\b/.test(match[0]),
  }));
}

/** The file a relative import means. */
export function resolveImport(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

/** `chat` for `lib/chat/codec.ts`, `errors` for `lib/errors.ts`; `undefined` outside `lib/`. */
function roomOf(path: string): string | undefined {
  return /^lib\/([^/]+?)(?:\.ts$|\/)/.exec(path)?.[1];
}

function floorOf(path: string): number | undefined {
  const room = roomOf(path);
  const floor = FLOORS.findIndex((rooms) => room !== undefined && rooms.includes(room));
  return floor === -1 ? undefined : floor;
}

function mayImport(from: string, to: string): boolean {
  const [low, high] = [floorOf(to), floorOf(from)];
  if (low === undefined || high === undefined) return false;
  if (low < high || roomOf(from) === roomOf(to)) return true;
  return low === high && SHARED_ROOMS.has(low);
}

/** Imports that go up, sideways, or out of `lib/`; and rooms that have no floor. */
export function checkFloors(sources: Sources): string[] {
  const breaches: string[] = [];
  for (const [path, source] of sources) {
    if (!path.startsWith("lib/")) continue;
    if (floorOf(path) === undefined) breaches.push(`${path} is in a room that has no floor`);
    for (const { line, specifier } of importsOf(source)) {
      if (!specifier.startsWith(".")) continue;
      const target = resolveImport(path, specifier);
      if (!mayImport(path, target)) breaches.push(`${path}:${line} may not import ${target}`);
    }
  }
  return breaches;
}

/** Circles of imports, each named once. */
export function checkCircles(sources: Sources): string[] {
  const done = new Set<string>();
  const breaches: string[] = [];
  function visit(path: string, trail: string[]): void {
    if (trail.includes(path)) {
      breaches.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
      return;
    }
    if (done.has(path)) return;
    for (const { specifier } of importsOf(sources.get(path) ?? "")) {
      if (specifier.startsWith(".")) visit(resolveImport(path, specifier), [...trail, path]);
    }
    done.add(path);
  }
  for (const path of sources.keys()) visit(path, []);
  return breaches;
}

/** A codec that imports another. */
export function checkCodecs(sources: Sources): string[] {
  return eachImport(sources, (path, target) => {
    const [own, other] = [path, target].map((file) => /^lib\/codecs\/([^/]+)\//.exec(file)?.[1]);
    return own !== undefined && other !== undefined && own !== other;
  }, "may not import another codec");
}

/** Where packages and runtimes' modules may be imported from. */
const PLACES: readonly [name: RegExp, place: RegExp][] = [
  [/^itty-router(\/|$)/, /^lib\/http\/router\.ts$/],
  // Where outside data enters: options, request bodies, configuration files.
  [/^valibot$/, /^lib\/(options|http|serve)\//],
  [/^(node|bun|deno|cloudflare):|^bun$/, /^lib\/serve\//],
  // Each loaded by one small file, when a key, a store or a table of its kind is used.
  [/^jose$/, /^lib\/providers\/sign_jws\.ts$/],
  [/^aws4fetch$/, /^lib\/providers\/sign_aws\.ts$/],
  [/^@redis\/client$/, /^lib\/serve\/node_redis\.ts$/],
  [/^@pydantic\/genai-prices$/, /^lib\/serve\/genai_price_table\.ts$/],
  [/^undici$/, /^lib\/serve\/node_(connections|call)\.ts$/],
];

/** Packages and runtimes' modules where they do not belong; a codec may take types from its vendor's. */
export function checkPackages(sources: Sources): string[] {
  return eachImport(sources, (path, target, typeOnly) => {
    if (!path.startsWith("lib/") || target.startsWith("lib/") || target === "mod.ts") return false;
    const place = PLACES.find(([name]) => name.test(target));
    if (place === undefined) return !(typeOnly && path.startsWith("lib/codecs/"));
    return !place[1].test(path);
  }, "does not belong here");
}

function eachImport(
  sources: Sources,
  isBreach: (path: string, target: string, typeOnly: boolean) => boolean,
  verdict: string,
): string[] {
  return [...sources].flatMap(([path, source]) =>
    importsOf(source).flatMap(({ line, specifier, typeOnly }) => {
      const target = specifier.startsWith(".") ? resolveImport(path, specifier) : specifier;
      return isBreach(path, target, typeOnly) ? [`${path}:${line} ${target} ${verdict}`] : [];
    })
  );
}

/**
 * Runtimes' globals outside `lib/serve/`. The compiler would find them too, were it not for the vendors' SDKs,
 * whose types bring Node's along.
 */
export function checkRuntimes(sources: Sources): string[] {
  const allowed = (path: string) => path.startsWith("lib/serve/");
  const used =
    /(?<![\w."'`#])(?:(?:Deno|Bun|process|Buffer)\s*[.[]|(?:setImmediate|require)\s*\()/g;
  return eachMatch(sources, used, allowed, "names a runtime");
}

/**
 * Calls of the platform's `fetch` outside the one place, and of an injected one outside the floor that
 * talks to providers. Methods of that name, and those of routers and gateways, are something else.
 */
export function checkFetch(sources: Sources): string[] {
  // A door may bring a faster or more patient egress of its runtime's.
  const isEgress = (path: string) => /^lib\/(upstream\/egress\.ts$|serve\/)/.test(path);
  const isUpstream = (path: string) => path.startsWith("lib/upstream/");
  const global =
    /(?:(?<![\w.#$]|function\s)|\b(?:globalThis|self)\.)fetch\s*\((?![^()]*(?:\([^()]*\)[^()]*)*\)\s*(?::|\{))/g;
  const injected = /\b(?:settings|context|definition|options)\.fetch\s*\(/g;
  return [
    ...eachMatch(sources, global, isEgress, "calls fetch"),
    ...eachMatch(sources, injected, isUpstream, "calls an injected fetch"),
  ];
}

/**
 * Comparisons with a provider's name outside `lib/providers/`. A dialect may be called as its inventor
 * is, so what is named `dialect` may be compared.
 */
export function checkProviderNames(sources: Sources, slugs: readonly string[]): string[] {
  const name = `["'\`](?:${slugs.join("|")})["'\`]`;
  const pattern = new RegExp(
    `(?<!dialect\\s*)(?<![=!])[!=]==?\\s*${name}|${name}\\s*[!=]==?|\\bcase\\s+${name}`,
    "gi",
  );
  const allowed = (path: string) => path.startsWith("lib/providers/");
  return eachMatch(sources, pattern, allowed, "compares a provider's name");
}

function eachMatch(
  sources: Sources,
  pattern: RegExp,
  allowed: (path: string) => boolean,
  verdict: string,
): string[] {
  return [...sources].flatMap(([path, source]) => {
    if (allowed(path)) return [];
    const code = withoutComments(source);
    return [...code.matchAll(pattern)].map(({ index }) =>
      `${path}:${code.slice(0, index).split("\n").length} ${verdict}`
    );
  });
}

/** Entrances that do more than export: what is behind a door stands in the room it opens. */
export function checkDoors(sources: Sources): string[] {
  const statement = /^export (?:type )?(?:\*|\{[^}]*\}) from "[^"]+";$/gm;
  return [...sources].flatMap(([path, source]) => {
    if (!/(?:^|\/)mod\.ts$|^lib\/exports\//.test(path)) return [];
    const rest = withoutComments(source).replace(statement, "").trim();
    return rest === "" ? [] : [`${path} does more than export: ${rest.split("\n")[0]}`];
  });
}

/** Files that have grown out of their one reason to exist. */
export function checkLengths(sources: Sources): string[] {
  return [...sources].flatMap(([path, source]) => {
    const lines = source.trimEnd().split("\n").length;
    return lines > LONGEST ? [`${path} has ${lines} lines, more than ${LONGEST}`] : [];
  });
}
