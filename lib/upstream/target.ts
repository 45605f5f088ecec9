import type { ConfiguredProvider } from "./configured_provider.ts";

/** One model at one provider, with the key to be used there. */
export interface Target {
  provider: ConfiguredProvider;
  /** As the provider names it. */
  model: string;
  key?: string;
}
