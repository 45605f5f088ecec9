import { GatewayError } from "../../errors.ts";
import type { GatewaySettings, Settings } from "../../routing/settings.ts";
import { admit } from "../admit.ts";
import type { Endpoint, HttpCall } from "../http_call.ts";
import type { Reply } from "../incoming.ts";

/** A row of OpenAI's models list, and the answer of `GET /v1/models/{id}`. */
export interface ListedModel {
  /** What goes under `model`: `openai/gpt-5-mini`, `dynamic/support`. */
  id: string;
  /** As OpenAI has it. */
  object: "model";
  /** Seconds since the epoch; nobody knows when a model was made, so always 0. */
  created: 0;
  /** The provider's slug, `dynamic` for a route. */
  owned_by: string;
}

/** The answer of `GET /v1/models`. */
export interface ModelList {
  /** As OpenAI has it. */
  object: "list";
  /** Routes first. */
  data: ListedModel[];
}

/** `GET …/models`: the gateway's routes, the demo, and the models its operator listed. */
export const listModels: Endpoint = (call) => {
  const { gateway } = admit(call);
  const list: ModelList = { object: "list", data: rows(gateway, call.core.settings) };
  return json(list);
};

/** `GET …/models/{id…}`: one of them. */
export const getModel: Endpoint = (call: HttpCall) => {
  const { gateway } = admit(call);
  const id = call.params.model ?? "";
  const row = rows(gateway, call.core.settings).find((candidate) => candidate.id === id);
  if (row !== undefined) return json(row);
  throw new GatewayError(2103, `The model "${id}" is not listed by this gateway`, {
    param: "model",
  });
};

function rows({ routes }: GatewaySettings, { providers }: Settings): ListedModel[] {
  const list: ListedModel[] = [...routes.keys()].map((name) => row(`dynamic/${name}`, "dynamic"));
  for (const [slug, { models }] of providers) {
    for (const model of models) list.push(row(`${slug}/${model}`, slug));
  }
  return list;
}

function row(id: string, owner: string): ListedModel {
  return { id, object: "model", created: 0, owned_by: owner };
}

function json(value: unknown): Reply {
  return {
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value),
  };
}
