/**
 * Strict imitations of every provider's embeddings: each knows its own address and members, refuses every other,
 * takes no more inputs than it does in life, and answers in its own shape. A text's vector says which text it is.
 */

// deno-lint-ignore no-explicit-any -- what a test looks into is its own business
type Json = Record<string, any>;

/** One imitation. */
export interface EmbeddingAccent {
  slug: string;
  model: string;
  settings: Json;
  /** Most inputs of one call. */
  limit: number;
  /** Takes another length of vectors. */
  dimensions: boolean;
  /** Counts tokens. */
  counts: boolean;
  /** Takes lists of tokens. */
  tokens: boolean;
  /** What it makes of a text. */
  vectorOf(text: string, length?: number): number[];
  /** The pathname it is reached at, for one input and for several. */
  paths: string[];
  /** Members of its requests. */
  members: string[];
  inputsOf(body: Json): string[];
  lengthOf(body: Json): number | undefined;
  answer(vectors: number[][], tokens: number, body: Json): { body: unknown; headers?: Json };
}

const LENGTH = 4;

/** What a provider makes of a text; every number is a float32. */
export function vectorOf(text: string, length = LENGTH): number[] {
  const seed = [...text].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 65521, 7);
  return Array.from({ length }, (_, at) => Math.fround(Math.sin(seed * (at + 1)) * (at + 1)));
}

/** A text has as many tokens as characters. */
export const tokensOf = (texts: string[]): number =>
  texts.reduce((sum, text) => sum + text.length, 0);

const base64 = (vector: number[]): string =>
  btoa(String.fromCharCode(...new Uint8Array(new Float32Array(vector).buffer)));

const list = (value: unknown): string[] => [value].flat() as string[];

/** OpenAI's shape, with vectors as asked for where the provider does that. */
function openaiLike(
  slug: string,
  more: Partial<EmbeddingAccent> & { encodes?: boolean } = {},
): EmbeddingAccent {
  const { encodes = false, ...rest } = more;
  return {
    slug,
    model: "embed-1",
    settings: {},
    limit: 2048,
    dimensions: true,
    counts: true,
    tokens: false,
    vectorOf,
    paths: ["/v1/embeddings"],
    members: ["model", "input", "dimensions", ...(encodes ? ["encoding_format", "user"] : [])],
    inputsOf: ({ input }) => list(input),
    lengthOf: ({ dimensions }) => dimensions,
    answer: (vectors, tokens, { encoding_format }) => ({
      body: {
        object: "list",
        model: "embed-1-served",
        // Out of order, which their `index` puts right.
        data: vectors.map((vector, index) => ({
          object: "embedding",
          index,
          embedding: encodes && encoding_format === "base64" ? base64(vector) : vector,
        })).reverse(),
        usage: { prompt_tokens: tokens, total_tokens: tokens },
      },
    }),
    ...rest,
  };
}

const titanLike = {
  limit: 1,
  dimensions: true,
  counts: true,
  settings: { region: "us-east-1" },
};

export const EMBEDDING_ACCENTS: readonly EmbeddingAccent[] = [
  openaiLike("openai", { encodes: true, tokens: true }),
  openaiLike("azure-openai", {
    encodes: true,
    tokens: true,
    settings: { resource: "acme" },
    paths: ["/openai/v1/embeddings"],
  }),
  openaiLike("mistral", {
    encodes: true,
    limit: 256,
    members: ["model", "input", "output_dimension", "encoding_format"],
    lengthOf: ({ output_dimension }) => output_dimension,
  }),
  openaiLike("openrouter", { encodes: true, tokens: true, paths: ["/api/v1/embeddings"] }),
  openaiLike("together", { dimensions: false, members: ["model", "input"] }),
  openaiLike("fireworks", { paths: ["/inference/v1/embeddings"] }),
  openaiLike("workers-ai", {
    model: "@cf/baai/bge-m3",
    dimensions: false,
    limit: 100,
    settings: { accountId: "a1" },
    members: ["model", "input"],
    paths: ["/client/v4/accounts/a1/ai/v1/embeddings"],
  }),
  openaiLike("perplexity-ai", {
    limit: 512,
    members: ["model", "input", "dimensions", "encoding_format"],
    vectorOf: (text, length) => vectorOf(text, length).map((each) => Math.round(each * 30) + 0),
    answer: (vectors, tokens) => ({
      body: {
        data: vectors.map((vector, index) => ({
          index,
          embedding: btoa(String.fromCharCode(...new Uint8Array(new Int8Array(vector)))),
        })),
        model: "embed-1-served",
        usage: { prompt_tokens: tokens, total_tokens: tokens, cost: { total_cost: 0.1 } },
      },
    }),
  }),
  openaiLike("custom-lab", {
    tokens: true,
    settings: { baseUrl: "https://lab.test/v1" },
    members: ["model", "input", "dimensions", "user"],
  }),
  {
    ...openaiLike("cohere"),
    limit: 96,
    paths: ["/v2/embed"],
    members: ["model", "texts", "input_type", "embedding_types", "output_dimension"],
    inputsOf: ({ texts }) => texts,
    lengthOf: ({ output_dimension }) => output_dimension,
    answer: (vectors, tokens) => ({
      body: {
        id: "c1",
        embeddings: { float: vectors },
        meta: { billed_units: { input_tokens: tokens } },
        response_type: "embeddings_by_type",
      },
    }),
  },
  {
    ...openaiLike("google-ai-studio"),
    model: "gemini-embedding-001",
    limit: 100,
    paths: [
      "/v1beta/models/gemini-embedding-001:embedContent",
      "/v1beta/models/gemini-embedding-001:batchEmbedContents",
    ],
    members: ["requests", "content", "outputDimensionality"],
    inputsOf: ({ requests, ...only }) =>
      (requests ?? [only]).map((each: Json) => each.content.parts[0].text),
    lengthOf: ({ requests, ...only }) => (requests?.[0] ?? only).outputDimensionality,
    answer: (vectors, tokens, { requests }) => ({
      body: {
        ...(requests === undefined
          ? { embedding: { values: vectors[0] } }
          : { embeddings: vectors.map((values) => ({ values })) }),
        usageMetadata: { promptTokenCount: tokens },
      },
    }),
  },
  {
    ...openaiLike("google-vertex-ai"),
    model: "google/text-embedding-005",
    limit: 250,
    settings: { project: "acme-project", region: "us-central1" },
    paths: [
      "/v1/projects/acme-project/locations/us-central1/publishers/google/models/text-embedding-005:predict",
    ],
    members: ["instances", "parameters"],
    inputsOf: ({ instances }) => instances.map(({ content }: Json) => content),
    lengthOf: ({ parameters }) => parameters?.outputDimensionality,
    answer: (vectors, tokens) => ({
      body: {
        predictions: vectors.map((values, at) => ({
          embeddings: {
            values,
            statistics: { token_count: at === 0 ? tokens : 0, truncated: false },
          },
        })),
      },
    }),
  },
  {
    ...openaiLike("google-vertex-ai"),
    model: "gemini-embedding-2",
    limit: 1,
    settings: { project: "acme-project" },
    paths: [
      "/v1/projects/acme-project/locations/global/publishers/google/models/gemini-embedding-2:embedContent",
    ],
    members: ["content", "embedContentConfig"],
    inputsOf: ({ content }) => [content.parts[0].text],
    lengthOf: ({ embedContentConfig }) => embedContentConfig?.outputDimensionality,
    answer: ([values], tokens) => ({
      body: { embedding: { values }, usageMetadata: { promptTokenCount: tokens } },
    }),
  },
  {
    ...openaiLike("aws-bedrock"),
    ...titanLike,
    model: "amazon.titan-embed-text-v2:0",
    paths: ["/model/amazon.titan-embed-text-v2%3A0/invoke"],
    members: ["inputText", "dimensions"],
    inputsOf: ({ inputText }) => [inputText],
    answer: ([embedding], tokens) => ({ body: { embedding, inputTextTokenCount: tokens } }),
  },
  {
    ...openaiLike("aws-bedrock"),
    ...titanLike,
    model: "us.cohere.embed-v4:0",
    limit: 96,
    paths: ["/model/us.cohere.embed-v4%3A0/invoke"],
    members: ["texts", "input_type", "embedding_types", "output_dimension"],
    inputsOf: ({ texts }) => texts,
    lengthOf: ({ output_dimension }) => output_dimension,
    answer: (vectors, tokens) => ({
      body: { id: "c1", embeddings: { float: vectors }, response_type: "embeddings_by_type" },
      headers: { "x-amzn-bedrock-input-token-count": String(tokens) },
    }),
  },
  {
    ...openaiLike("aws-bedrock"),
    ...titanLike,
    model: "amazon.nova-2-multimodal-embeddings-v1:0",
    paths: ["/model/amazon.nova-2-multimodal-embeddings-v1%3A0/invoke"],
    members: ["taskType", "singleEmbeddingParams"],
    inputsOf: ({ singleEmbeddingParams }) => [singleEmbeddingParams.text.value],
    lengthOf: ({ singleEmbeddingParams }) => singleEmbeddingParams.embeddingDimension,
    answer: ([embedding], tokens) => ({
      body: { embeddings: [{ embeddingType: "TEXT", embedding }] },
      headers: { "x-amzn-bedrock-input-token-count": String(tokens) },
    }),
  },
  {
    ...openaiLike("huggingface"),
    model: "BAAI/bge-small-en-v1.5",
    limit: 32,
    dimensions: false,
    counts: false,
    paths: ["/hf-inference/models/BAAI/bge-small-en-v1.5/pipeline/feature-extraction"],
    members: ["inputs"],
    inputsOf: ({ inputs }) => inputs,
    answer: (vectors) => ({ body: vectors }),
  },
  {
    ...openaiLike("ollama"),
    paths: ["/api/embed"],
    answer: (vectors, tokens) => ({
      body: { model: "embed-1", embeddings: vectors, total_duration: 1, prompt_eval_count: tokens },
    }),
  },
];

/** Plays one; `calls` tells how many inputs each call had. */
export function playAccent(accent: EmbeddingAccent) {
  const calls: number[] = [];
  const fetch = (url: string, { body = "{}" }: { body?: string }): Promise<Response> => {
    const { pathname } = new URL(url);
    const said = JSON.parse(body) as Json;
    const stray = Object.keys(said).filter((name) => !accent.members.includes(name));
    if (!accent.paths.includes(pathname)) return refused(404, `no route ${pathname}`);
    if (stray.length > 0) return refused(422, `unknown member ${stray.join(", ")}`);
    const inputs = accent.inputsOf(said);
    calls.push(inputs.length);
    if (inputs.length > accent.limit) return refused(400, "too many inputs");
    const vectors = inputs.map((text) => accent.vectorOf(text, accent.lengthOf(said)));
    const answer = accent.answer(vectors, tokensOf(inputs), said);
    return Promise.resolve(Response.json(answer.body, { headers: answer.headers }));
  };
  return { calls, fetch };
}

function refused(status: number, message: string): Promise<Response> {
  const body = { error: { message, type: "invalid_request_error", code: status }, message };
  return Promise.resolve(Response.json(body, { status }));
}
