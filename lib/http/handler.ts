/** The front door: finds the row, answers in its dialect whatever happens, and never rejects. */
import { GatewayError } from "../errors.ts";
import { uuidV7 } from "../random.ts";
import { corsHeaders, preflight } from "./cors.ts";
import { asGatewayError, errorReply } from "./error_reply.ts";
import { health } from "./endpoints/health.ts";
import { checkHostSyntax } from "./guards.ts";
import type { Context, Core, ErrorDialect, HttpCall } from "./http_call.ts";
import type { Incoming, Reply } from "./incoming.ts";
import { PATH_TABLE, type PathRow } from "./path_table.ts";
import { reportDefect } from "./report_defect.ts";
import { createLocator } from "./router.ts";

export type Handler = (incoming: Incoming, context: Context) => Promise<Reply>;

/** Builds the handler of one gateway. */
export function createHandler(core: Core): Handler {
  const locate = createLocator(PATH_TABLE, core.settings.basePath);
  return async (incoming, context) => {
    const { clock, random } = core.settings;
    const arrivedAt = clock.now();
    const logId = uuidV7(clock, random);
    let dialect: ErrorDialect = "openai";
    core.running++;
    let reply: Reply;
    try {
      checkHostSyntax(incoming);
      const { url, row, params } = await locate(incoming.url);
      dialect = row.dialect;
      const call = { core, incoming, context, url, params, logId, arrivedAt };
      const { sharedKeys } = core.settings;
      if (sharedKeys !== undefined && row.endpoint !== health) {
        await sharedKeys.refresh((work) => context.waitUntil?.(work));
      }
      reply = await answer(row, call);
    } catch (error) {
      const failure = asGatewayError(error);
      reportDefect(failure, logId);
      reply = errorReply(failure, dialect, logId);
    } finally {
      core.running--;
    }
    addCommonHeaders(reply, incoming, core, dialect, logId);
    if (incoming.method === "HEAD") reply.body = null;
    return reply;
  };
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

/** Every answer has an id; errors too. The reply is fresh, so its headers are added in place. */
function addCommonHeaders(
  { headers }: Reply,
  incoming: Incoming,
  { settings }: Core,
  dialect: ErrorDialect,
  logId: string,
): void {
  headers["cf-aig-log-id"] = logId;
  headers[dialect === "anthropic" ? "request-id" : "x-request-id"] = logId;
  const eventId = incoming.headers.get("cf-aig-event-id");
  if (eventId !== null && /^[\x20-\x7e]{1,256}$/.test(eventId)) {
    headers["cf-aig-event-id"] ??= eventId;
  }
  if (settings.cors !== undefined) Object.assign(headers, corsHeaders(incoming, settings));
}
