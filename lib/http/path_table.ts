/** The ordered path table: the first match wins, and literals are never account names. */
import { chatCompletions } from "./endpoints/chat_completions.ts";
import { embeddings } from "./endpoints/embeddings.ts";
import { health, ready } from "./endpoints/health.ts";
import { keyInfo } from "./endpoints/key.ts";
import { landing } from "./endpoints/landing.ts";
import { messages } from "./endpoints/messages.ts";
import { getModel, listModels } from "./endpoints/models.ts";
import { passthrough } from "./endpoints/passthrough.ts";
import { runModel } from "./endpoints/run.ts";
import { universal } from "./endpoints/universal.ts";
import { nativeOnly, notBuilt, notFound } from "./endpoints/unserved.ts";
import type { Endpoint, ErrorDialect } from "./http_call.ts";
import { authorized } from "./rest_authorization.ts";

export interface PathRow {
  /** In itty-router's syntax: `:name` is one segment, `:name+` the rest. */
  path: string;
  /** Besides OPTIONS, and HEAD where there is GET; empty: any. */
  methods: readonly string[];
  dialect: ErrorDialect;
  endpoint: Endpoint;
}

const GET = ["GET"];
const POST = ["POST"];

/** OpenAI's other literals: known, so that they are no accounts, and answered with their native path. */
const NATIVE_LITERALS = [
  "assistants",
  "audio",
  "batches",
  "completions",
  "containers",
  "conversations",
  "evals",
  "files",
  "fine_tuning",
  "images",
  "moderations",
  "organization",
  "realtime",
  "threads",
  "uploads",
  "vector_stores",
  "videos",
];

function row(
  path: string,
  methods: readonly string[],
  dialect: ErrorDialect,
  endpoint: Endpoint,
): PathRow {
  return { path, methods, dialect, endpoint };
}

/** The front dialects below a prefix; `/v1/v1` is what a client makes of a base URL that has one already. */
function frontDialects(prefix: string): PathRow[] {
  return [
    row(`${prefix}/chat/completions`, POST, "openai", chatCompletions),
    row(`${prefix}/responses`, POST, "openai", notBuilt("OpenAI's Responses API")),
    row(`${prefix}/messages`, POST, "anthropic", messages),
    row(
      `${prefix}/messages/count_tokens`,
      POST,
      "anthropic",
      notBuilt("Anthropic's token counting"),
    ),
    row(`${prefix}/embeddings`, POST, "openai", embeddings),
    row(`${prefix}/key`, GET, "openai", keyInfo),
    row(`${prefix}/models`, GET, "openai", listModels),
    row(`${prefix}/models/:model+`, GET, "openai", getModel),
  ];
}

/** Cloudflare's newer family: the gateway stands in a header, and `authorization` is its own. */
function restFamily(prefix: string): PathRow[] {
  const rows = [
    ...frontDialects(`${prefix}/v1`),
    row(`${prefix}/run`, POST, "workers_ai", runModel),
    row(`${prefix}/run/:model+`, POST, "workers_ai", runModel),
    row(`${prefix}/:rest+`, [], "workers_ai", notFound),
  ];
  return rows.map((each) => ({ ...each, endpoint: authorized(each.endpoint) }));
}

export const PATH_TABLE: readonly PathRow[] = [
  row("/", GET, "openai", landing),
  row("/health", GET, "openai", health),
  row("/ready", GET, "openai", ready),
  ...frontDialects("/v1"),
  ...frontDialects("/v1/v1"),
  ...NATIVE_LITERALS.flatMap((name) => [
    row(`/v1/${name}`, [], "openai", nativeOnly),
    row(`/v1/${name}/:rest+`, [], "openai", nativeOnly),
  ]),
  ...restFamily("/client/v4/accounts/:account/ai"),
  row("/client/v4/accounts/:account/ai-gateway/:rest+", [], "cloudflare", notBuilt("management")),
  ...frontDialects("/v1/:account/:gateway/compat"),
  ...frontDialects("/v1/:account/:gateway/compat/v1"),
  row("/v1/:account/:gateway/compat/:rest+", [], "openai", notFound),
  row("/v1/:account/:gateway", POST, "cloudflare", universal),
  row("/v1/:account/:gateway/:slug/:rest+", [], "cloudflare", passthrough),
  row("/v1/:account/:gateway/:slug", [], "cloudflare", passthrough),
  row("*", [], "openai", notFound),
];
