/** A platform that speaks one protocol a publisher: the first step of a model's name says whose model it is. */
import type { CallOptions, ModelRule, ProviderCodec } from "../chat/codec.ts";

/** What the models of one publisher are spoken to in. */
export interface Publisher {
  /** Finds the names of its models. */
  match: RegExp;
  /** What they speak. */
  codec: ProviderCodec;
}

/** One codec of several: that of the first publisher whose pattern fits, else `main`. */
export function codecByPublisher(
  main: ProviderCodec,
  publishers: readonly Publisher[],
): ProviderCodec {
  const all = [main, ...publishers.map(({ codec }) => codec)];
  const forModel = (model: string) =>
    publishers.find(({ match }) => match.test(model))?.codec ?? main;
  return {
    ...main,
    capabilities: Object.assign({}, ...all.map(({ capabilities }) => capabilities)),
    encodeRequest: (request, options) => forModel(options.model).encodeRequest(request, options),
    withModelRules: (rules) =>
      codecByPublisher(
        ruled(main, rules),
        publishers.map((publisher) => ({ ...publisher, codec: ruled(publisher.codec, rules) })),
      ),
    forModel,
  };
}

function ruled(codec: ProviderCodec, rules: readonly ModelRule[]): ProviderCodec {
  return codec.withModelRules?.(rules) ?? codec;
}

/**
 * A codec whose models go by their names without the publisher's. `pathOf` is where such a model is called, when
 * the codec doesn't say.
 */
export function withoutPublisher(
  codec: ProviderCodec,
  prefix: string,
  pathOf?: (options: CallOptions) => string,
): ProviderCodec {
  const plain = (options: CallOptions) => ({
    ...options,
    model: options.model.slice(prefix.length),
  });
  const placed = <T extends { path: string }>(encoded: T, options: CallOptions): T =>
    pathOf === undefined ? encoded : { ...encoded, path: pathOf(options) };
  const { relay } = codec;
  return {
    ...codec,
    withModelRules: (rules) => withoutPublisher(ruled(codec, rules), prefix, pathOf),
    ...(codec.fetchesMedia !== undefined && {
      fetchesMedia: (part, model) => codec.fetchesMedia!(part, model.slice(prefix.length)),
    }),
    wantsThoughts: (model) => codec.wantsThoughts?.(model.slice(prefix.length)),
    encodeRequest(request, options) {
      const own = plain(options);
      return placed(codec.encodeRequest(request, own), own);
    },
    ...(relay !== undefined && {
      relay: {
        ...relay,
        relayRequest(body, options) {
          const own = plain(options);
          return placed(relay.relayRequest(body, own), own);
        },
      },
    }),
  };
}
