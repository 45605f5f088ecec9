/** Providers whose models are asked for vectors in several protocols, or under several names. */
import type { EmbeddingCodec } from "../embeddings/codec.ts";

/** What the models whose name the pattern finds are spoken to in. */
export interface EmbeddingModels {
  match: RegExp;
  codec: EmbeddingCodec;
}

/** One codec of several: the first whose pattern fits, else `main`. */
export function embeddingsByModel(
  main: EmbeddingCodec,
  others: readonly EmbeddingModels[],
): EmbeddingCodec {
  const forModel = (model: string) => others.find(({ match }) => match.test(model))?.codec ?? main;
  return choosing(main, forModel);
}

/** One codec of several, chosen by whatever `forModel` says. */
export function choosing(
  main: EmbeddingCodec,
  forModel: (model: string) => EmbeddingCodec,
): EmbeddingCodec {
  return {
    ...main,
    limits: (model) => forModel(model).limits(model),
    encodeRequest: (request, options) => forModel(options.model).encodeRequest(request, options),
    forModel,
  };
}

/** The same codec for models that go by their names without the publisher's, which people may write. */
export function withoutPrefix(codec: EmbeddingCodec, prefix: string): EmbeddingCodec {
  const plain = (model: string) => model.startsWith(prefix) ? model.slice(prefix.length) : model;
  return {
    ...codec,
    limits: (model) => codec.limits(plain(model)),
    encodeRequest: (request, { model }) => codec.encodeRequest(request, { model: plain(model) }),
  };
}

/** Joins base and path, for paths that stand beside the base's version instead of below it. */
export function besideVersion(prefix: string): (base: string, path: string) => string {
  return (base, path) => (path.startsWith(prefix) ? base.replace(/\/v1$/, "") : base) + path;
}
