/** The front door: finds the row, answers in its dialect whatever happens, and never rejects. */
import { GatewayError } from "../errors.ts";
import { uuidV7 } from "../random.ts";
import { corsHeaders, preflight } from "./cors.ts";
import { asGatewayError, errorReply } from "./error_reply.ts";
import { checkHostSyntax } from "./guards.ts";
import type { Context, Core, ErrorDialect, HttpCall } from "./http_call.ts";
import type { Incoming, Reply } from "./incoming.ts";
import { PATH_TABLE, type PathRow } from "./path_table.ts";
import { reportDefect } from "./report_defect.ts";
import { createPathTable } from "./router.ts";

export type Handler = (incoming: Incoming, context: Context) => Promise<Reply>;

/** Builds the handler of one gateway. */
export function createHandler(core: Core): Handler {
  const find = createPathTable(PATH_TABLE);
  return async (incoming, context) => {
    const { clock, random } = core.settings;
    const arrivedAt = clock.now();
    const logId = uuidV7(clock, random);
    let dialect: ErrorDialect = "openai";
    core.running++;
    let reply: Reply;
    try {
      checkHostSyntax(incoming);
      const url = new URL(incoming.url);
      const { row, params } = await find(pathBelow(core.settings.basePath, url));
      dialect = row.dialect;
      const call = { core, incoming, context, url, params: decoded(params), logId, arrivedAt };
      reply = await answer(row, call);
    } catch (error) {
      const failure = asGatewayError(error);
      reportDefect(failure, logId);
      reply = errorReply(failure, dialect, logId);
    } finally {
      core.running--;
    }
    return withCommonHeaders(reply, incoming, core, dialect, logId);
  };
}

/** The path is taken from the parsed URL, once; a foreign path becomes one that no row but the last matches. */
function pathBelow(basePath: string, { pathname }: URL): string {
  if (basePath === "") return pathname.startsWith("//") ? "/unknown" : pathname;
  if (pathname === basePath) return "/";
  return pathname.startsWith(basePath + "/") ? pathname.slice(basePath.length) : "/unknown";
}

function answer(row: PathRow, call: HttpCall): Reply | Promise<Reply> {
  const { method } = call.incoming;
  const { methods } = row;
  if (method === "OPTIONS" && methods.length > 0) {
    return preflight(call.incoming, allowed(methods));
  }
  const asked = method === "HEAD" ? "GET" : method;
  if (methods.length > 0 && !methods.includes(asked)) {
    const allow = allowed(methods);
    throw new GatewayError(2104, `${shownMethod(method)} is not served here; use ${allow}`, {
      headers: { allow },
    });
  }
  return row.endpoint(call);
}

function allowed(methods: readonly string[]): string {
  const all = methods.includes("GET") ? [...methods, "HEAD"] : methods;
  return [...all, "OPTIONS"].join(", ");
}

function shownMethod(method: string): string {
  return /^[A-Z]{1,20}$/.test(method) ? method : "This method";
}

function decoded(params: Record<string, string>): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(params)) {
    try {
      out[name] = decodeURIComponent(value);
    } catch (cause) {
      throw new GatewayError(2103, "The path holds a malformed percent-encoding", { cause });
    }
  }
  return out;
}

/** Every answer has an id; errors too. */
function withCommonHeaders(
  reply: Reply,
  incoming: Incoming,
  { settings }: Core,
  dialect: ErrorDialect,
  logId: string,
): Reply {
  const eventId = incoming.headers.get("cf-aig-event-id");
  const headers: Record<string, string> = {
    ...reply.headers,
    "cf-aig-log-id": logId,
    [dialect === "anthropic" ? "request-id" : "x-request-id"]: logId,
    ...corsHeaders(incoming, settings),
  };
  if (eventId !== null && /^[\x20-\x7e]{1,256}$/.test(eventId)) headers["cf-aig-event-id"] = eventId;
  const body = incoming.method === "HEAD" ? null : reply.body;
  return { status: reply.status, headers, body };
}
