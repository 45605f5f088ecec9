import { type Clock, within } from "../clock.ts";
import type { KnownModel } from "../codecs/model_lists/mod.ts";
import { GatewayError, isGatewayError } from "../errors.ts";
import type { FetchLike } from "../fetch_like.ts";
import type { ConfiguredProvider } from "./configured_provider.ts";
import { listModels } from "./list_models.ts";
import { DEFAULT_TIMEOUTS } from "./timeouts.ts";

/** A list is asked for again when it is older; meanwhile the old one is shown. */
const FRESH = 300_000;

/** After a failure a provider is left alone for so long. */
const PAUSE = 30_000;

/** Nobody waits longer for a provider; what comes later is there for the next who asks. */
const PATIENCE = 3000;

/** The limit of one page. */
const DEADLINE = 20_000;

/** What is known of a provider's models. */
export interface ProviderModels {
  /** The last list that came; empty where none has. */
  models: readonly KnownModel[];
  /** Why there is none, or no newer one. */
  problem?: GatewayError;
}

interface Entry extends ProviderModels {
  /** When it was last asked with an answer, in milliseconds since the epoch. */
  asked: number;
  /** An exchange that is going on. */
  running?: Promise<void>;
}

/** What a directory works with. */
export interface DirectoryContext {
  fetch: FetchLike;
  clock: Clock;
  /** Of the requests it makes. */
  via: string;
}

/**
 * The lists of all providers' models, remembered. Nobody waits for a list that is only out of date, one exchange
 * serves all who ask meanwhile, and a provider that is slow or fails takes nothing from the others.
 */
export class ModelDirectory {
  readonly #context: DirectoryContext;
  readonly #entries = new Map<ConfiguredProvider, Entry>();

  constructor(context: DirectoryContext) {
    this.#context = context;
  }

  /** The provider's models, after at most three seconds; never rejects. `keepAlive` is told of what goes on after that. */
  async get(
    provider: ConfiguredProvider,
    keepAlive: (work: Promise<void>) => void,
  ): Promise<ProviderModels> {
    const entry = this.#entryOf(provider);
    const { clock } = this.#context;
    const age = clock.now() - entry.asked;
    if (age < (entry.problem === undefined ? FRESH : PAUSE)) return entry;
    entry.running ??= this.#ask(provider, entry);
    keepAlive(entry.running);
    if (entry.models.length > 0) return entry;
    await within(clock, PATIENCE, entry.running);
    if (entry.running === undefined) return entry;
    return { models: [], problem: stillAsked(provider) };
  }

  #entryOf(provider: ConfiguredProvider): Entry {
    const entry = this.#entries.get(provider) ?? { models: [], asked: -Infinity };
    this.#entries.set(provider, entry);
    return entry;
  }

  async #ask(provider: ConfiguredProvider, entry: Entry): Promise<void> {
    const { fetch, clock, via } = this.#context;
    const timeouts = { ...DEFAULT_TIMEOUTS, whole: DEADLINE };
    const defaults = { id: "", model: "", created: 0 };
    try {
      const context = { fetch, clock, timeouts, defaults, headersWithin: 0 };
      entry.models = await listModels(provider, via, context);
      delete entry.problem;
    } catch (error) {
      entry.problem = isGatewayError(error) ? error : defect(provider, error);
    }
    entry.asked = clock.now();
    delete entry.running;
  }
}

function stillAsked({ definition: { slug } }: ConfiguredProvider): GatewayError {
  const what = `${slug} has not given its models within ${PATIENCE} ms: ask again for them`;
  return new GatewayError(2110, what, { provider: slug });
}

/** A failure of ours is reported as such, but takes nothing from the other providers either. */
function defect({ definition: { slug } }: ConfiguredProvider, cause: unknown): GatewayError {
  return new GatewayError(2115, `The list of ${slug}'s models could not be read`, { cause });
}
