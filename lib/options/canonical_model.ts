/** From a model as an operator writes it to the model as requests are counted and priced. */
import { ALIASES } from "../providers/registry.ts";
import { priced } from "../routing/planned_model.ts";
import type { ConfiguredProvider } from "../upstream/configured_provider.ts";

/** A model, or a pattern of models, and what is wrong with it. */
export interface CanonicalModel {
  /** The provider's own slug. */
  slug: string;
  model: string;
  problem?: string;
}

/** The one spelling of `slug/model`, in which `*` stands for any text. */
export function canonicalModel(
  slug: string,
  written: string,
  providers: ReadonlyMap<string, ConfiguredProvider>,
): CanonicalModel {
  const own = ALIASES.get(slug) ?? slug;
  const provider = providers.get(own);
  if (provider === undefined || written.startsWith("*")) return { slug: own, model: written };
  const { model } = priced({ provider, model: written });
  if (!model.startsWith("*")) return { slug: own, model };
  // Nothing would be left that tells them from the models of others.
  const prefix = written.slice(0, written.indexOf("*"));
  const problem = `stands for every model of ${own}, whose names go without "${prefix}": ` +
    `write ${own}/* or more of the name`;
  return { slug: own, model, problem };
}
