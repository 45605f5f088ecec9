import type { GatewayOptions } from "../options/mod.ts";
import type { GatewaySettings, Settings } from "../routing/settings.ts";
import { VERSION } from "../version.ts";
import { isLoopback } from "./address.ts";
import { redisHost } from "./open_redis.ts";

/** What the command says about itself when it is ready. */
export interface SummaryFacts {
  settings: Settings;
  keySources: ReadonlyMap<string, string>;
  host: string;
  port: number;
  /** `Node 24.1.0`. */
  runtime: string;
  /** The configuration file that was read. */
  config?: string;
  options: Pick<GatewayOptions, "store" | "secret">;
}

/** The lines printed at start-up: where, which providers and where their keys come from, who may call. Never a key. */
export function startUpSummary(facts: SummaryFacts): string {
  const { settings, host, port, runtime, config, options } = facts;
  const url = `http://localhost:${port}${settings.basePath}`;
  const reach = isLoopback(host) ? "this machine only" : "reachable from the network";
  const rows: [string, string[]][] = [
    ["address", [`${host.includes(":") ? `[${host}]` : host}:${port}, ${reach}; ${runtime}`]],
    ["config", config === undefined ? [] : [config]],
    ["store", storeLines(options)],
    ["providers", providerLines(facts)],
    ["gateways", [...settings.gateways.values()].map(gatewayLine)],
    ["try", [hint(facts, url)]],
  ];
  return [
    `Dragoman ${VERSION} is ready on ${url}`,
    ...rows.flatMap(([label, lines]) =>
      lines.map((line, i) => `  ${(i === 0 ? label : "").padEnd(10)} ${line}`)
    ),
  ].join("\n");
}

function providerLines({ settings, keySources }: SummaryFacts): string[] {
  const lines = [...settings.providers.values()].flatMap(({ definition, baseUrl, keys }) => {
    const name = definition.slug.padEnd(18);
    if (definition.fetch !== undefined) return [`${name} built in`];
    const source = keySources.get(definition.slug);
    if (source !== undefined && keys.size > 0) return [`${name} key from ${source}`];
    if (!definition.auth.required && baseUrl !== undefined) return [`${name} needs no key`];
    return [];
  });
  return lines.length > 0 ? lines : ["no stored keys: requests bring their own"];
}

/** Said only of what is not in memory. */
function storeLines({ store, secret }: SummaryFacts["options"]): string[] {
  if (store === undefined || "get" in store || store.type === "memory") return [];
  const where = `redis at ${redisHost(store.url)}`;
  return secret === undefined ? [where, "no secret: models' thoughts are not shared"] : [where];
}

function gatewayLine({ id, open, accessKeys }: GatewaySettings): string {
  const count = accessKeys.length === 1 ? "1 access key" : `${accessKeys.length} access keys`;
  if (open) return `${id.padEnd(18)} open to everybody who can reach it`;
  if (accessKeys.length > 0) return `${id.padEnd(18)} ${count}`;
  return `${id.padEnd(18)} closed: set DRAGOMAN_ACCESS_KEYS, or DRAGOMAN_OPEN=1`;
}

function hint({ settings }: SummaryFacts, url: string): string {
  const open = settings.gateways.get("default")?.open === true;
  const auth = open ? "" : ' -H "cf-aig-authorization: Bearer $ACCESS_KEY"';
  if (!settings.providers.has("demo")) return `curl ${url}/v1/models${auth}`;
  const body = '{"model":"demo/echo","messages":[{"role":"user","content":"Hello!"}]}';
  return `curl ${url}/v1/chat/completions${auth} -H "content-type: application/json" -d '${body}'`;
}
