/** Every imitated provider behind one gateway, and a client in front of it. */
import type OpenAI from "openai";
import type { GatewayOptions } from "../../../lib/options/mod.ts";
import type { Accent } from "../../support/accents/accent.ts";
import { ACCENTS } from "../../support/accents/mod.ts";
import { type Imitation, openCoast } from "../../support/accents/server.ts";
import { onEachDoor } from "../doors.ts";

export const coast = await openCoast(ACCENTS);

/** The same object for every test, so that doors may keep a gateway open. */
export const OPTIONS: GatewayOptions = {
  providers: Object.fromEntries(
    ACCENTS.map(({ slug, key, base }) => {
      const baseUrl = `${coast.url}/${slug}${base}`;
      return [slug, { apiKey: key, baseUrl }];
    }),
  ),
};
const options = () => OPTIONS;

/** What a test about one provider gets. */
export interface AccentScene {
  client: OpenAI;
  /** The provider, as nobody has asked it before. */
  there: Imitation;
  accent: Accent;
  /** The name of its first model, of the one that thinks, and of the one that follows schemas, with the prefix. */
  model: string;
  reasoner: string;
  schemaModel: string;
}

/** What a test about `accent` gets, with a client of the gateway. */
export function sceneOf(accent: Accent, client: OpenAI): AccentScene {
  const { slug, models: [first], reasoner = first, schemaModel = first } = accent;
  return {
    client,
    there: coast.visit(accent),
    accent,
    model: `${slug}/${first}`,
    reasoner: `${slug}/${reasoner}`,
    schemaModel: `${slug}/${schemaModel}`,
  };
}

type Body = (scene: AccentScene) => Promise<void>;

/** Declares a test about one provider, for every door; its name begins with the provider. */
export function onAccent(accent: Accent, name: string, body: Body): void {
  onCase(`${accent.slug}: ${name}`, accent, body);
}

/** Does the same with one provider after the other, and tells with which of them it failed. */
export async function withEach(
  accents: readonly Accent[],
  client: OpenAI,
  body: Body,
): Promise<void> {
  const failures: string[] = [];
  const errors: unknown[] = [];
  for (const accent of accents) {
    await body(sceneOf(accent, client)).catch((error: unknown) => {
      failures.push(`${accent.slug}: ${error}`);
      errors.push(error);
    });
  }
  if (errors.length > 0) throw new AggregateError(errors, failures.join("\n"));
}

/** Declares a test that is the same for some providers, or all: one gateway serves them in turn. */
export function onAccents(name: string, body: Body, among: readonly Accent[] = ACCENTS): void {
  onCase(`${among.length} providers: ${name}`, among, body);
}

/** Declares the test of a reported bug: its title begins with the number of the case. */
export function onCase(title: string, accents: Accent | readonly Accent[], body: Body): void {
  onEachDoor(title, ({ client }) => withEach([accents].flat(), client, body), options);
}

/** A member the client's types don't know. */
export const memberOf = (value: object | undefined | null, name: string): unknown =>
  value ? Reflect.get(value, name) : undefined;
