import { GatewayError } from "../../errors.ts";
import { allows, allowsProvider, type Scope } from "../../policy/scope.ts";
import { ALIASES } from "../../providers/registry.ts";
import { planFor } from "../../routing/plan.ts";
import type { ConfiguredProvider, GatewaySettings, Settings } from "../../routing/settings.ts";
import { admit } from "../admit.ts";
import type { Endpoint, HttpCall } from "../http_call.ts";
import type { Reply } from "../incoming.ts";
import { reportDefect } from "../report_defect.ts";
import { warningsHeader } from "../warnings_header.ts";

/** A row of OpenAI's models list, and the answer of `GET /v1/models/{id}`. */
export interface ListedModel {
  /** What goes under `model`: `openai/gpt-5-mini`, `dynamic/support`. */
  id: string;
  /** As OpenAI has it. */
  object: "model";
  /** Seconds since the epoch; 0 where the provider doesn't say. */
  created: number;
  /** Whose it is, as the provider says; where it doesn't, the provider's slug. `dynamic` for a route. */
  owned_by: string;
}

/** The answer of `GET /v1/models`. */
export interface ModelList {
  /** As OpenAI has it. */
  object: "list";
  /** Routes first. */
  data: ListedModel[];
}

/** Models of one provider, and why there may be more of them. */
interface ProviderRows {
  provider: ConfiguredProvider;
  rows: ListedModel[];
  problem?: GatewayError;
}

/** `GET …/models`: the gateway's routes, the models its operator listed, and those that providers list themselves. */
export const listModels: Endpoint = async (call) => {
  const { gateway, caller } = admit(call);
  const { settings } = call.core;
  const scope = caller.grant?.scope;
  const providers = [...settings.providers.values()].filter(({ definition: { slug } }) =>
    allowsProvider(scope, slug)
  );
  const lists = await Promise.all(providers.map((each) => rowsOf(each, call, scope)));
  const data = [...routeRows(gateway, settings, scope), ...lists.flatMap(({ rows }) => rows)];
  const list: ModelList = { object: "list", data };
  return json(list, lists);
};

/** `GET …/models/{id…}`: one of them; no provider but its own is asked. */
export const getModel: Endpoint = async (call) => {
  const { gateway, caller } = admit(call);
  const { settings } = call.core;
  const scope = caller.grant?.scope;
  const id = call.params.model ?? "";
  const prefix = id.slice(0, Math.max(id.indexOf("/"), 0));
  const slug = ALIASES.get(prefix) ?? prefix;
  const provider = allowsProvider(scope, slug) ? settings.providers.get(slug) : undefined;
  const list = provider && await rowsOf(provider, call, scope);
  const name = slug + id.slice(prefix.length);
  const row = [...routeRows(gateway, settings, scope), ...list?.rows ?? []].find((row) =>
    row.id === name
  );
  if (row !== undefined) return json(row, list === undefined ? [] : [list]);
  const why = list?.problem === undefined ? "" : `: ${list.problem.message}`;
  throw new GatewayError(2103, `The model "${id}" is not listed by this gateway${why}`, {
    param: "model",
  });
};

/** Routes of which the caller may ask for one model at least. */
function routeRows(
  gateway: GatewaySettings,
  settings: Settings,
  scope: Scope | undefined,
): ListedModel[] {
  const names = [...gateway.routes.keys()].map((name) => `dynamic/${name}`);
  const usable = (name: string) =>
    planFor(name, gateway, settings).steps.some(({ provider, model }) =>
      allows(scope, provider.definition.slug, model)
    );
  return names.filter((name) => scope === undefined || usable(name))
    .map((name) => rowOf(name, "dynamic"));
}

/** The operator's list and the provider's own, each model once, as far as the caller may ask for them. */
async function rowsOf(
  provider: ConfiguredProvider,
  { core, context, logId }: HttpCall,
  scope: Scope | undefined,
): Promise<ProviderRows> {
  const { definition: { slug }, listable } = provider;
  const rows = new Map<string, ListedModel>();
  const add = (model: string, owner: string, created?: number) => {
    if (allows(scope, slug, model)) rows.set(model, rowOf(`${slug}/${model}`, owner, created));
  };
  for (const model of provider.models) add(model, slug);
  if (!listable) return { provider, rows: [...rows.values()] };
  const { models, problem } = await core.models.get(provider, (work) => context.waitUntil?.(work));
  for (const { id, owner = slug, created } of models) add(id, owner, created);
  if (problem !== undefined) reportDefect(problem, logId);
  return { provider, rows: [...rows.values()], problem };
}

function rowOf(id: string, owner: string, created = 0): ListedModel {
  return { id, object: "model", created, owned_by: owner };
}

/** What a provider kept back is said, so that a short list isn't taken for a whole one. */
function json(value: unknown, lists: readonly ProviderRows[]): Reply {
  const headers: Record<string, string> = { "content-type": "application/json" };
  const missing = warningsHeader(
    lists.flatMap(({ provider, problem }) =>
      problem === undefined
        ? []
        : { kind: "dropped", param: provider.definition.slug, reason: problem.message }
    ),
  );
  if (missing !== undefined) headers["dragoman-warnings"] = missing;
  return { status: 200, headers, body: JSON.stringify(value) };
}
