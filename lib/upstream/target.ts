import type { ConfiguredProvider } from "./configured_provider.ts";
import type { ChosenKey } from "./credentials.ts";

/** One model at one provider, with the key to be used there. */
export interface Target extends ChosenKey {
  provider: ConfiguredProvider;
  /** As the provider names it. */
  model: string;
}
