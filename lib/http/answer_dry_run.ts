/** The answer to `dragoman-dry-run: true`. */
import { GatewayError } from "../errors.ts";
import type { DryRun } from "../routing/dry_run.ts";
import { modelsIfAllFail } from "../routing/graph/models_if_all_fail.ts";
import type { Plan } from "../routing/plan.ts";
import type { GatewaySettings } from "../routing/settings.ts";
import { type RoutedBody, tripThrough } from "./graph_walk.ts";
import type { Core, HttpCall } from "./http_call.ts";
import type { Reply } from "./incoming.ts";
import { DRY_RUN, type RequestOptions } from "./request_options.ts";

/** What a provider is sent tells its operator's addresses and settings: throws 2125 for everybody else. */
export function mayDryRun({ ownOnly }: Core, { id, open }: GatewaySettings): void {
  if (open && ownOnly) return;
  const why = open
    ? "it is open to callers from elsewhere"
    : "it has access keys, and none of them is an administrator's";
  throw new GatewayError(
    2125,
    `Gateway "${id}" makes no dry runs, because ${why}: they are for an open gateway on loopback`,
    { param: DRY_RUN },
  );
}

/** The plan with the steps that would be taken if each of them failed: a graph decides on the way. */
export async function rehearsedPlan(
  plan: Plan,
  call: HttpCall,
  body: RoutedBody,
  { metadata }: Pick<RequestOptions, "metadata">,
): Promise<Plan> {
  const { graph } = plan;
  if (graph === undefined) return plan;
  return { ...plan, steps: await modelsIfAllFail(tripThrough(graph, call, body, metadata)) };
}

/** What each step of the plan would send, as JSON. */
export async function dryRunReply(running: Promise<DryRun>): Promise<Reply> {
  const steps = (await running).map(stepText).join(",");
  return {
    status: 200,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body: `{"object":"dry_run","steps":[${steps}]}`,
  };
}

/** A body stands there as it would be sent, since reading it would already change its numbers. */
function stepText(step: DryRun[number]): string {
  if ("error" in step) return JSON.stringify(step);
  const { body, ...about } = step;
  return `${JSON.stringify(about).slice(0, -1)},"body":${body}}`;
}
