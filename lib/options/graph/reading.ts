import type { PriceBook } from "../../policy/price_book.ts";
import type { ConfiguredProvider } from "../../routing/settings.ts";
import type { Fault } from "../fault.ts";

/** What a graph is read in. */
export interface GraphReading {
  gateway: string;
  /** The route's name. */
  name: string;
  path: readonly PropertyKey[];
  providers: ReadonlyMap<string, ConfiguredProvider>;
  prices: PriceBook;
  /** Whether a request may bring its own key. */
  requestKeys: boolean;
  /** Every way to write a provider. */
  slugs: ReadonlySet<string>;
  faults: Fault[];
}
