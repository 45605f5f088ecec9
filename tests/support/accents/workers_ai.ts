/**
 * Workers AI's OpenAI layer: numbers as text, padding, `stop` after calls, two chunks that finish, each
 * with usage, two `[DONE]`, and an object where JSON was asked for.
 */
import { type Accent, bearer, type Fault, type Json } from "./accent.ts";
import { eachPart, forModels, never, parameter, spokenContent } from "./rules.ts";
import { onFinish, openaiUsage, wholeCall } from "./speech.ts";

const refused = (code: number, message: string): Fault => ({ status: 400, message, code });

const unmet = refused(5024, "JSON Mode couldn't be met");

const images = eachPart(({ type, image_url }) => {
  if (type !== "image_url") return undefined;
  const { url = "" } = image_url as { url?: string };
  return url.startsWith("data:")
    ? undefined
    : refused(5004, "Invalid data: an image comes as bytes");
});

/** A schema comes bare: an envelope around it is taken for the schema. */
const bareSchema = (format: unknown): boolean => {
  const { type, json_schema } = format as { type?: string; json_schema?: Json };
  return type !== "json_schema" || (json_schema?.type === "object" && !("schema" in json_schema));
};

/** JSON that was asked for is answered as an object. */
function unpack(answer: Json, { response_format }: Json): Json {
  const [choice] = answer.choices as [Json & { message: Json }];
  const { content } = choice.message;
  if (response_format === undefined || !/^[{[]/.test(String(content))) return answer;
  const message = { ...choice.message, content: JSON.parse(String(content)) };
  return { ...answer, choices: [{ ...choice, message }] };
}

/** A piece that looks like a number is one. */
const numeric = (content: string): Json => ({
  content: /^(0|[1-9]\d{0,9})$/.test(content) ? Number(content) : content,
});

export const workersAi: Accent = {
  slug: "workers-ai",
  models: ["@cf/meta/llama-3.3-70b-instruct-fp8-fast", "@cf/llava-hf/llava-1.5-7b-hf"],
  reasoner: "@cf/meta/llama-3.3-70b-instruct-fp8-fast",
  key: "cfharbour1234567890",
  base: "/client/v4/accounts/a1b2c3/ai",
  paths: ["/client/v4/accounts/a1b2c3/ai/v1/chat/completions"],
  opens: bearer,
  badKey: { status: 401, message: "Authentication error", code: 10000 },
  unknownModel: (model) => refused(5007, `No such model ${model} or task`),
  rules: [
    spokenContent(refused(5006, "Error: oneOf at '/' not met: content must not be null"), "too"),
    images,
    forModels(/llava/, never("tools", refused(5006, "This model does not call functions"))),
    parameter("response_format", bareSchema, unmet),
    parameter(
      "response_format",
      (format, { stream }) => stream !== true || (format as Json).type === "text",
      unmet,
    ),
  ],
  envelope: ({ message, code = 1000 }) => ({
    success: false,
    errors: [{ code, message }],
    messages: [],
    result: null,
  }),
  callIds: ["chatcmpl-tool-91aa02bd", "chatcmpl-tool-5c77e010"],
  voice: {
    id: "id-1767213harbour",
    message: { refusal: null },
    thought: (reasoning) => ({ reasoning }),
    text: numeric,
    callDeltas: (call, index) => [
      wholeCall(call, { index }),
      { index, id: null, type: "function", function: { name: null, arguments: "" } },
    ],
    finish: () => "stop",
    usage: openaiUsage,
    counting: onFinish,
    edit: (chunks) => [...chunks, chunks.at(-1)!].map((chunk) => ({ ...chunk, p: "abcd" })),
    editWhole: unpack,
    done: 2,
  },
};
