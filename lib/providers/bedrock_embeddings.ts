/** Vectors on Bedrock: by `InvokeModel`, in each vendor's own protocol. */
import { decodedSegments, pathSegment } from "../chat/path_segment.ts";
import { cohereEmbed } from "../codecs/cohere_embed/mod.ts";
import { novaEmbed } from "../codecs/nova_embed/mod.ts";
import { titanEmbed } from "../codecs/titan_embed/mod.ts";
import type { EmbeddingCodec } from "../embeddings/codec.ts";
import { refuse } from "../json/read_members.ts";
import { embeddingsByModel } from "./embeddings_by_model.ts";

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html */
const INVOKE = {
  pathOf: (model: string) => `/model/${pathSegment(model)}/invoke`,
  modelOf: (path = "") => {
    const named = decodedSegments(/\/model\/([^/]+)\/invoke/.exec(path)?.[1] ?? "");
    return named || refuse("modelId", "in the path");
  },
  tokensHeader: "x-amzn-bedrock-input-token-count",
};

const titan = titanEmbed(INVOKE);

/** Nothing but its name says what a model speaks, so one that says nothing can't be asked. */
const unknown: EmbeddingCodec = {
  ...titan,
  encodeRequest: () =>
    refuse("model", "one of titan-embed, cohere.embed and nova-…-embeddings on aws-bedrock"),
};

/** By model: a name may stand inside an inference profile's or an ARN. */
export const BEDROCK_EMBEDDINGS: EmbeddingCodec = embeddingsByModel(unknown, [
  { match: /titan-embed/, codec: titan },
  { match: /cohere\.embed/, codec: cohereEmbed(INVOKE) },
  { match: /nova.*embed/, codec: novaEmbed(INVOKE) },
]);
