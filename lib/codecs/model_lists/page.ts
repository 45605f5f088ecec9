import { type Json, parseJson, textOf } from "../../json/fields.ts";

/** A model as its provider lists it. */
export interface KnownModel {
  /** As requests name it. */
  id: string;
  /** Seconds since the epoch, where the provider says it. */
  created?: number;
  /** Whose it is, where the provider says it. */
  owner?: string;
}

/** One page of a provider's list. */
export interface ModelPage {
  /** In the provider's order. */
  models: readonly KnownModel[];
  /** What asks for the next page, as parameters of the query; absent on the last. */
  next?: Readonly<Record<string, string>>;
}

/** Reads one page; `undefined` for a text that is none. */
export type DecodeModels = (text: string) => ModelPage | undefined;

/** Reads a page whose models are the objects of an array; `read` leaves out one by `undefined`. */
export function readPage(
  text: string,
  itemsOf: (answer: Json) => unknown,
  read: (item: Json) => Partial<KnownModel> | undefined,
  nextOf: (answer: Json, count: number) => ModelPage["next"] = () => undefined,
): ModelPage | undefined {
  const answer = parseJson(text);
  if (typeof answer !== "object" || answer === null) return undefined;
  const items = itemsOf(answer as Json);
  if (!Array.isArray(items)) return undefined;
  const models = items.flatMap((item: unknown): KnownModel[] => {
    const model = typeof item === "object" && item !== null ? read(item as Json) : undefined;
    const id = textOf(model?.id);
    return id === undefined ? [] : [{ ...model, id }];
  });
  const next = nextOf(answer as Json, items.length);
  return next === undefined ? { models } : { models, next };
}

/** Seconds since the epoch of a date such as `2026-07-24T00:00:00Z`. */
export function secondsOf(date: unknown): number | undefined {
  const milliseconds = Date.parse(textOf(date) ?? "");
  return milliseconds > 0 ? Math.floor(milliseconds / 1000) : undefined;
}
