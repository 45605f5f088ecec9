import { nearest } from "../nearest.ts";

/** What is wrong with the provider that a model is said to be at, if anything; `slugs` holds short names too. */
export function providerFault(slug: string, slugs: ReadonlySet<string>): string | undefined {
  if (slugs.has(slug)) return undefined;
  if (slug.startsWith("custom-")) {
    return `names the provider "${slug}", which is not configured: write providers.${slug}`;
  }
  const meant = nearest(slug, slugs);
  const hint = meant === undefined
    ? `known are ${[...slugs].join(", ")}`
    : `did you mean "${meant}"?`;
  return `names the provider "${slug}", which is not known (${hint})`;
}

/** `provider/model` in two; `undefined` for a text that is no such name. Bare `@cf/…` is at Workers AI. */
export function splitModel(name: string): [slug: string, model: string] | undefined {
  if (name.startsWith("@cf/")) return ["workers-ai", name];
  const slash = name.indexOf("/");
  if (slash <= 0 || slash === name.length - 1) return undefined;
  return [name.slice(0, slash), name.slice(slash + 1)];
}
