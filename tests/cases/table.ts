/**
 * Which test shows what: the bugs that other gateways' users reported (sections 4.1 to 4.7 of the list of cases),
 * and the rules of fidelity. A name may be a template's text, as it stands in its file.
 */

/** A test's file below `tests/`, and its name. */
export type Shown = readonly [file: string, name: string];

/** A case is shown by tests, or the reason says why it can't happen here. */
export type Case = readonly Shown[] | string;

const STAYING = [
  "clients/conversations/staying.ts",
  "${native.name}: three turns of tools side by side, ${how}",
] as const;
const MOVING = [
  "clients/conversations/moving.ts",
  "a conversation moves from ${from.name} to ${to.name}",
] as const;
const ANTHROPIC_CALLER = [
  "clients/conversations/anthropic_caller.ts",
  "${native.name}: three turns with a caller of Anthropic's dialect, whole and streamed",
] as const;
const COUNTS = [
  "clients/conversations/usage.ts",
  "${native.name}: counts asked for come once, last, with what the cache gave",
] as const;
const FINISH = [
  "codecs/fidelity_test.ts",
  "the finish is tool_calls wherever a client's tool was called, never over length or content_filter",
] as const;
const FAULTS = [
  "faults/matrix.ts",
  "${told}: ${nameOf(cell)} is tried twice, then the next target answers",
] as const;

const NO_RESPONSES =
  "OpenAI's Responses are not spoken: neither as a caller's dialect nor as a provider's protocol";

const anthropic = (
  file: string,
  name: string,
): Shown => [`codecs/anthropic_messages/${file}_test.ts`, name];
const bedrock = (
  file: string,
  name: string,
): Shown => [`codecs/bedrock_converse/${file}_test.ts`, name];
const cohere = (file: string, name: string): Shown => [`codecs/cohere_chat/${file}_test.ts`, name];
const gemini = (
  file: string,
  name: string,
): Shown => [`codecs/gemini_generate/${file}_test.ts`, name];
const openai = (file: string, name: string): Shown => [`codecs/openai_chat/${file}_test.ts`, name];
const accents = (file: string, name: string): Shown => [`clients/accents/${file}.ts`, name];
const fidelity = (name: string): Shown => ["codecs/fidelity_test.ts", name];

/** By the number of the case. */
export const CASES: Readonly<Record<number, Case>> = {
  // 4.1 Reasoning signatures lost between turns
  1: [ANTHROPIC_CALLER],
  2: [
    bedrock("response", "a thought keeps its signature, also one that is nothing else"),
    bedrock(
      "turns",
      "signed thoughts come back as they were, also redacted ones and signatures alone",
    ),
  ],
  3: [STAYING],
  4: NO_RESPONSES,
  5: [
    MOVING,
    anthropic(
      "thinking",
      "a tool turn whose thought was not kept is answered without thinking instead of a 400",
    ),
  ],
  6: [
    STAYING,
    gemini("response", "a call's signature is where Google's own OpenAI endpoint has it"),
  ],
  7: [MOVING, gemini("request", "other gateways' places for a signature are read too")],
  8: [fidelity("4.1.8: a call whose arguments are no JSON keeps its signature")],
  9: [
    anthropic(
      "answers",
      "thoughts are reasoning_content to be read and reasoning_details to be sent back",
    ),
    STAYING,
  ],
  10: [STAYING],
  11: [
    gemini(
      "request",
      "a call of Gemini 3 that lost its signature gets the word that Google accepts for one",
    ),
    fidelity("signed thoughts survive a client that keeps the last piece of what it does not know"),
  ],
  12: [STAYING, ANTHROPIC_CALLER],
  13: [
    MOVING,
    gemini(
      "request",
      "a call of Gemini 3 that lost its signature gets the word that Google accepts for one",
    ),
  ],
  14: [
    anthropic(
      "thinking",
      "thoughts come back unchanged and in order, also those that are a signature only",
    ),
    STAYING,
  ],
  15: [
    anthropic(
      "thinking",
      "thoughts come back unchanged and in order, also those that are a signature only",
    ),
    bedrock(
      "turns",
      "signed thoughts come back as they were, also redacted ones and signatures alone",
    ),
  ],
  16: [
    anthropic(
      "thinking",
      "thoughts come back unchanged and in order, also those that are a signature only",
    ),
  ],
  17: [STAYING],
  18: [
    gemini("request", "results whose ids a client has changed are paired by their order"),
    MOVING,
  ],

  // 4.2 Streamed tool calls
  19: [
    ANTHROPIC_CALLER,
    bedrock(
      "response",
      "calls whose blocks overlap keep their own arguments, numbered from 0 in their order",
    ),
  ],
  20: [anthropic("answers", "parallel and interleaved calls keep their own index among calls")],
  21: [
    anthropic("answers", "parallel and interleaved calls keep their own index among calls"),
    bedrock(
      "response",
      "calls whose blocks overlap keep their own arguments, numbered from 0 in their order",
    ),
    cohere(
      "response",
      "an index counts blocks and calls, not choices: calls are numbered from 0 in their order",
    ),
  ],
  22: [
    anthropic("caller", "calls that are streamed at once stay apart by their block"),
    ANTHROPIC_CALLER,
  ],
  23: [ANTHROPIC_CALLER],
  24: NO_RESPONSES,
  25: [
    accents(
      "cases_tools",
      "4.2.25 vercel/ai#7238: calls without a number are told apart by their ids",
    ),
  ],
  26: [accents("cases_tools", "4.2.26 vercel/ai#14760: a name may come after its arguments")],
  27: [accents("cases_tools", "4.2.27 vercel/ai#5885: neither a number nor a name at first")],
  28: [
    accents("cases_tools", "4.2.28 anomalyco/opencode#47954: pieces without an id continue"),
    accents(
      "cases_tools",
      "4.2.28 anomalyco/opencode#47954: a long id of a hosted model comes back acceptable",
    ),
  ],
  29: [
    accents("cases_tools", "4.2.29 ollama/ollama#7881: whole calls without numbers"),
    accents("cases_tools", "4.2.29 ollama/ollama#7881: a closing piece of nothing opens no call"),
  ],
  30: [fidelity("4.2.30: pieces of a call's arguments are passed on as they come")],
  31: [
    anthropic(
      "caller",
      "OpenAI's stream becomes Anthropic's: a beginning, blocks in turn, an end with all counts",
    ),
    ANTHROPIC_CALLER,
  ],
  32: [
    gemini(
      "response",
      "parallel calls in one event, or in several, get ids of their own, always the same ones",
    ),
    STAYING,
  ],
  33: [STAYING],
  34: [
    openai("repair_chunk", "calls that all have index 0 are told apart by their ids"),
    ANTHROPIC_CALLER,
  ],

  // 4.3 finish_reason / stop_reason
  35: [
    accents(
      "cases_finish",
      "4.3.35 BerriAI/litellm#12240: `stop` after calls is `tool_calls`, whole and streamed",
    ),
    FINISH,
  ],
  36: [
    accents(
      "cases_finish",
      "4.3.36 BerriAI/litellm#34718: `end_turn` after calls is `tool_calls`, in streams too",
    ),
    FINISH,
  ],
  37: [
    accents("cases_finish", "4.3.37 vercel/ai#12218: an empty reason after calls is `tool_calls`"),
  ],
  38: [accents("cases_finish", "${title}: Gemini's STOP with a call"), FINISH],
  39: [accents("cases_finish", "${title}: Gemini's STOP with a call"), FINISH],
  40: [
    accents("cases_finish", "4.3.40 cloudflare/ai#192: streams always say stop"),
    ["codecs/workers_ai_run/answers_test.ts", "4.3.40: a stream that calls ends with calls"],
  ],
  41: [accents("cases_finish", "4.3.41 googleapis/python-genai#2868: only the stream says stop")],
  42: [
    accents("cases_finish", "4.3.42 QuantumNous/new-api#1761: the model's limit is `length`"),
    FINISH,
  ],
  43: [accents("cases_finish", "4.3.43 BerriAI/litellm#6104: a filter is told in streams too")],
  44: [
    accents(
      "cases_finish",
      "4.3.44 decolua/9router#1645: what follows the first finish is not lost",
    ),
    accents("cases_finish", "4.3.44 decolua/9router#1645: `[DONE]` is said once"),
    [
      "codecs/workers_ai_run/answers_test.ts",
      "4.3.44: one finish and one end, also where both forms mix and [DONE] comes twice",
    ],
  ],

  // 4.4 Usage
  45: [
    accents("cases_usage", "4.4.45 BerriAI/litellm#23847: usage wherever it comes from"),
    COUNTS,
  ],
  46: [
    anthropic("answers", "usage includes cache reads and writes, with details"),
    anthropic("laws", "a relay gives the very text however it is cut, and counts what it passes"),
  ],
  47: [
    anthropic(
      "caller",
      "OpenAI's stream becomes Anthropic's: a beginning, blocks in turn, an end with all counts",
    ),
  ],
  48: [
    anthropic(
      "answers",
      "counts at the end of a stream replace those at its beginning, and null says nothing",
    ),
  ],
  49: [
    anthropic(
      "caller",
      "OpenAI's stream becomes Anthropic's: a beginning, blocks in turn, an end with all counts",
    ),
  ],
  50: [
    accents(
      "cases_usage",
      "4.4.50 QuantumNous/new-api#4370: no chunk without choices for those who did not ask",
    ),
  ],
  51: [
    accents(
      "cases_usage",
      "4.4.51 QuantumNous/new-api#6149: the provider is asked to count in any case",
    ),
  ],
  52: [[
    "providers/anthropic_test.ts",
    "a stream is OpenAI's, with counts where they are asked for",
  ], COUNTS],
  53: [COUNTS],

  // 4.5 Dialect bridge, SSE grammar
  54: [
    anthropic("answers", "a beginning that comes twice begins one answer"),
    ANTHROPIC_CALLER,
  ],
  55: [
    bedrock("response", "text may come without a start, and an empty beginning is nothing"),
    cohere("response", "text may begin in its first event, and a plan before any content"),
    STAYING,
  ],
  56: [
    fidelity(
      "4.5.56: a stream whose provider counts nothing still ends a caller of Anthropic's dialect",
    ),
  ],
  57: [
    openai("repair_chunk", "id, time and model are those of the first chunk, the role comes once"),
  ],
  58: [[
    "http/messages_test.ts",
    "a stream that breaks off, or reports an error, ends with one error event",
  ]],
  59: [[
    "http/messages_test.ts",
    "a stream that breaks off, or reports an error, ends with one error event",
  ]],
  60: [
    anthropic("error", "an error inside a stream stands for the status of its kind"),
    anthropic("error", "nothing comes after an error inside a stream"),
  ],
  61: [[
    "providers/google_test.ts",
    "Claude on Vertex is spoken to in Anthropic's protocol, whole and streamed",
  ], STAYING],
  62: [
    [
      "codecs/workers_ai_run/answers_test.ts",
      "4.5.62 and 4.10.105: the newer form is read inside the envelope and without it",
    ],
  ],

  // 4.6 Schemas, params, content
  63: [
    gemini("request", "old models get OpenAPI's subset, with references resolved and losses told"),
    gemini(
      "laws",
      "any request of OpenAI's becomes one that is valid against the document of ${slug}",
    ),
  ],
  64: [
    gemini("request", "old models get OpenAPI's subset, with references resolved and losses told"),
    gemini(
      "request",
      "schemas that refer to themselves, to each other or to everything come to an end",
    ),
  ],
  65: [
    gemini(
      "request",
      "strict functions are validated where a model can, and told of where it cannot",
    ),
    anthropic("tools", "strict tools are strict where the model has that"),
    ["providers/deepseek_test.ts", "deepseek's tools are functions without strictness"],
  ],
  66: [
    anthropic(
      "turns",
      "what is blank is left out, and a turn that has nothing else says that it is empty",
    ),
    bedrock("turns", "blank text is left out, and a turn with nothing else too"),
    gemini("request", "turns alternate, and empty texts stay out"),
  ],
  67: [fidelity("4.6.67: an empty content beside calls becomes no text")],
  68: [
    bedrock(
      "turns",
      "cache points stand only where the model takes them, four at most, for an hour only where it can",
    ),
  ],
  69: [
    anthropic("turns", "cache_control passes with its ttl, wherever it stands"),
    bedrock(
      "turns",
      "cache_control becomes a cache point after what it marks, with its time to live",
    ),
  ],
  70: [
    anthropic("turns", "every content part is written in its order"),
    gemini("request", "media go inline or by address, with a type in either case"),
    anthropic("platform", "media by address are refused where nobody fetches them"),
  ],
  71: [fidelity("4.6.71: a tool in the flat form of Responses is a tool")],

  // 4.7 Errors and retries
  72: [
    accents("errors", "refusals keep their status and their words"),
    gemini("error", "a bad key, which Google answers 400, is a 401"),
    cohere("response", "errors keep status and message, and a page of HTML says nothing"),
    bedrock(
      "response",
      "an error's kind is in a header, or in the body, and its words under two spellings",
    ),
  ],
  73: [anthropic("error", "a spending limit is not tried again")],
  74: [
    ["providers/anthropic_test.ts", "overloaded stays 529, before a stream too"],
    anthropic("error", "every error keeps its status, kind and words, 529 too"),
  ],
  75: [
    accents("errors", "a provider that is down under status 200 is a 503"),
    openai("relay_response", "an error inside a 200 is thrown with the provider's words"),
  ],
  76: [accents("errors", "an error in mid-stream is thrown"), FAULTS],
  77: [
    accents("errors", "too many requests: the client learns when to return"),
    gemini("error", "the wait that Google asks for is known"),
  ],
  78: [FAULTS],
  79: [FAULTS],
  80: [
    ["http/answers_test.ts", "when a whole list fails, the last error is told with every attempt"],
    FAULTS,
  ],
  81: [anthropic("turns", "models that refuse to continue a message are asked to go on")],
  82: [
    bedrock(
      "response",
      "an exception amid a stream is an error of its kind, after which nothing comes",
    ),
  ],
  83: [
    FAULTS,
    ["clients/openai_sdk/errors.ts", "an error before the first word is a status, not a stream"],
  ],
};

/** The rules of fidelity that gateways break, in the words in which they are demanded. */
export const RULES: Readonly<Record<string, readonly Shown[]>> = {
  "one user turn for all results of a tool turn": [
    anthropic("turns", "one user turn holds all results of a tool turn, before any text"),
    bedrock("turns", "all results of a turn stand in one turn of the user's, before his words"),
    gemini(
      "request",
      "results stand in one turn, in the order of the calls, under the calls' names",
    ),
  ],
  "ids rewritten deterministically where a provider demands a form, and mapped back": [
    anthropic(
      "turns",
      "valid ids stay, others become the same digest in call and result, in every turn",
    ),
    bedrock(
      "turns",
      "ids of 1 to 64 letters, digits, _ and - stay, others become the same digest in every turn",
    ),
    [
      "providers/mistral_test.ts",
      "mistral's ids have nine letters or digits, alike in call and result",
    ],
    gemini(
      "results",
      "results with and without ids answer each their own of two equal calls, in either order",
    ),
    MOVING,
  ],
  "every content part in order": [
    anthropic("turns", "every content part is written in its order"),
    gemini("response", "parts keep their order, and thoughts are apart from words"),
  ],
  "interleaved and parallel streamed tool calls with right indexes": [
    anthropic("answers", "parallel and interleaved calls keep their own index among calls"),
    bedrock(
      "response",
      "calls whose blocks overlap keep their own arguments, numbered from 0 in their order",
    ),
    cohere(
      "response",
      "an index counts blocks and calls, not choices: calls are numbered from 0 in their order",
    ),
    openai("repair_chunk", "calls without an index are numbered by their ids"),
  ],
  "no-argument calls give {}": [
    anthropic(
      "answers",
      "a call without arguments has {}, and arguments that stand in its start are not lost or doubled",
    ),
    bedrock("response", "a call without arguments has an empty object, streamed or whole"),
    cohere("response", "a tool without parameters is called with an empty object"),
    STAYING,
  ],
  "tool_calls as finish reason wherever a client's tool was called, never over length or content_filter":
    [
      FINISH,
      anthropic(
        "answers",
        "the finish is tool_calls for the client's tools, never over length or content_filter",
      ),
      gemini("response", "a limit or a filter is never called a tool call"),
      openai("relay_response", "a tool call never hides why an answer was cut short"),
    ],
  "usage includes cache reads, cache writes and reasoning, with details": [
    anthropic("answers", "usage includes cache reads and writes, with details"),
    bedrock(
      "response",
      "counts include what a cache read and wrote, whether they come after the end or before it",
    ),
    gemini("response", "counts are cumulative, and thoughts and tools' reading are part of them"),
    cohere("response", "all tokens are counted, cached ones among them"),
    COUNTS,
  ],
  "cache_control with its ttl": [
    anthropic("turns", "cache_control passes with its ttl, wherever it stands"),
    bedrock(
      "turns",
      "cache_control becomes a cache point after what it marks, with its time to live",
    ),
  ],
  "JSON-schema subsets converted per provider, what is lost goes into the description and into dragoman-warnings":
    [
      anthropic(
        "tools",
        "a JSON schema is asked for natively, and what its subset loses is told and reported",
      ),
      gemini(
        "request",
        "new models get the JSON Schema itself; what it lacks is told in a description",
      ),
      gemini(
        "request",
        "old models get OpenAPI's subset, with references resolved and losses told",
      ),
      cohere("request", "a schema for the answer is unwrapped, and reduced to what Cohere knows"),
      bedrock(
        "parameters",
        "a schema for the answer stands as text in outputConfig, reduced, where the model keeps to it",
      ),
      [
        "http/request_headers_test.ts",
        "what a translation dropped or clamped is said in one header",
      ],
    ],
  "forced tool or json_object emulation only where there is no native way": [
    anthropic(
      "tools",
      "models without schemas answer by a tool they must call, or in words beside other tools",
    ),
    anthropic("tools", "any JSON is asked for in words"),
    bedrock(
      "parameters",
      "other models are told to write JSON, and all are where there is no schema",
    ),
    cohere(
      "request",
      "beside tools the model is told to write JSON, since Cohere refuses both at once",
    ),
  ],
  "system and developer turns": [
    anthropic("turns", "system and developer turns are one system prompt"),
    bedrock("turns", "what the system says stands apart, wherever it is said"),
    gemini("request", "all system messages become one instruction, wherever they stand"),
    accents("warnings", "developers speak as the system"),
  ],
  "prefill rules": [
    anthropic("turns", "models that continue a last message get it without white space at its end"),
    anthropic("turns", "models that refuse to continue a message are asked to go on"),
    bedrock(
      "turns",
      "a last turn of the assistant's is continued where the model can, else the user asks for more",
    ),
    accents("quirks", "a prefix of the answer arrives as one"),
  ],
  "empty text": [
    anthropic(
      "turns",
      "what is blank is left out, and a turn that has nothing else says that it is empty",
    ),
    bedrock("turns", "blank text is left out, and a turn with nothing else too"),
    gemini("request", "turns alternate, and empty texts stay out"),
    fidelity("4.6.67: an empty content beside calls becomes no text"),
  ],
  "media types": [
    gemini("request", "media go inline or by address, with a type in either case"),
    bedrock(
      "turns",
      "pictures and documents go as bytes, under names that are valid and used once",
    ),
  ],
  "data URIs with parameters": [
    openai("request", "data URIs are read with any case and any parameters"),
  ],
  "PDF, audio, video where the provider takes them": [
    gemini("request", "media go inline or by address, with a type in either case"),
    bedrock(
      "turns",
      "pictures and documents go as bytes, under names that are valid and used once",
    ),
    anthropic("turns", "media Anthropic has no block for are reported"),
    cohere("request", "pictures are shown, files are not and are reported"),
    accents("messages", "a document arrives in its own form"),
    accents("messages", "sound arrives bare"),
  ],
  "server-side tools never shown as the client's tool calls": [
    anthropic("answers", "tools that Anthropic runs are never shown as the client's calls"),
    bedrock("response", "tools that Amazon runs itself are not the client's to run"),
    gemini("response", "Google's own tools are never shown as calls of the client's"),
  ],
};
