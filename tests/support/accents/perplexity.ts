/** Perplexity: turns that alternate, thoughts in `<think>`, everything repeated in every chunk, no `[DONE]`. */
import { type Accent, bearer, type Fault, type Json } from "./accent.ts";
import { eachPart, messagesOf, never, oneOf, parameter, roles, schemaOf, words } from "./rules.ts";
import { flatUsage, growing } from "./speech.ts";

const refused = (message: string, type = "bad_request"): Fault => ({
  status: 400,
  message,
  type,
  code: 400,
});

const CITATIONS = ["https://harbour.example/tides", "https://charts.example/dover"];
const SEARCH_RESULTS = CITATIONS.map((url, at) => ({
  title: `Source ${at + 1}`,
  url,
  date: "2026-01-02",
}));

/** A system message, or several, then users and assistants by turns, and a user at the end. */
const alternation = (body: Json): Fault | undefined => {
  const all = messagesOf(body).map(({ role }) => role === "tool" ? "user" : role);
  const first = all.findIndex((role) => role !== "system");
  const turns = all.slice(first < 0 ? all.length : first);
  const alternate = turns.every((role, at) => role === (at % 2 === 0 ? "user" : "assistant"));
  if (!alternate) {
    return refused(
      "After the (optional) system message(s), user or tool message(s) should alternate with assistant message(s).",
      "invalid_message",
    );
  }
  return turns.at(-1) === "user"
    ? undefined
    : refused("Last message must have role `user`", "invalid_message");
};

const schemaName = (body: Json): Fault | undefined => {
  const format = schemaOf(body);
  if (format === undefined) return undefined;
  const { name = "s", schema } = format.envelope;
  return /^\w{1,64}$/.test(String(name)) && typeof schema === "object"
    ? undefined
    : refused("response_format.json_schema is not valid");
};

const parts = eachPart(({ type, file_url }) => {
  if (!words("text image_url file_url video_url pdf_url").includes(String(type))) {
    return refused(`No such content: ${type}`);
  }
  const { url = "" } = (file_url ?? {}) as { url?: string };
  return url.startsWith("data:") ? refused("file_url takes bare base64") : undefined;
});

const THINK = ["<think>\n", "\n</think>\n\n"] as const;

/** Every chunk repeats the role, the text so far and the sources; the last one only closes. */
function repeatAll(chunks: Json[]): Json[] {
  let content = "";
  const said = chunks.filter(({ choices }) => (choices as Json[]).length > 0);
  return said.map((chunk, at) => {
    const [choice] = chunk.choices as [Json & { delta: Json }];
    const piece = String(choice.delta.content ?? "");
    content += piece;
    const last = at === said.length - 1;
    return {
      ...chunk,
      object: last ? "chat.completion.done" : "chat.completion.chunk",
      citations: CITATIONS,
      search_results: SEARCH_RESULTS,
      choices: [{
        ...choice,
        delta: { role: "assistant", content: piece },
        message: { role: "assistant", content },
      }],
    };
  });
}

/** Thoughts are text between two marks. */
function markThoughts(chunks: Json[]): Json[] {
  const at = chunks.map(({ choices }) =>
    "thought" in ((choices as Json[])[0]?.delta as Json ?? {})
  );
  const [from, to] = [at.indexOf(true), at.lastIndexOf(true)];
  return chunks.map((chunk, position) => {
    if (at[position] !== true) return chunk;
    const [choice] = chunk.choices as [Json & { delta: Json }];
    const marks = [position === from ? THINK[0] : "", position === to ? THINK[1] : ""];
    const content = marks[0] + String(choice.delta.thought) + marks[1];
    return { ...chunk, choices: [{ ...choice, delta: { content } }] };
  });
}

export const perplexity: Accent = {
  slug: "perplexity-ai",
  models: ["sonar-pro", "sonar-reasoning-pro"],
  reasoner: "sonar-reasoning-pro",
  key: "pplx-harbour1234567890",
  base: "",
  paths: ["/chat/completions", "/v1/sonar"],
  opens: bearer,
  badKey: { status: 401, message: "401 Authorization Required" },
  unknownModel: (model) => refused(`Invalid model '${model}'.`, "invalid_model"),
  rules: [
    never("tools", refused("Tool calling is not supported for this model")),
    never("tool_choice", refused("Tool calling is not supported for this model")),
    roles("system user assistant tool", (role) => refused(`No such role: ${role}`)),
    alternation,
    parts,
    parameter(
      "response_format",
      (format) => oneOf("text", "json_schema", "regex")((format as Json).type),
      refused("response_format must be text, json_schema or regex"),
    ),
    schemaName,
    parameter(
      "reasoning_effort",
      oneOf("minimal", "low", "medium", "high"),
      refused("reasoning_effort must be minimal, low, medium or high"),
    ),
    parameter("web_search_options", (options) => {
      const { user_location = {} } = options as { user_location?: Json };
      return !("approximate" in user_location) && !("type" in user_location);
    }, refused("user_location takes country, city, region, latitude and longitude")),
  ],
  // The edge answers for a bad key, in HTML.
  envelope: ({ status, message, type = "error", param, code = status }) => {
    if (status === 401) return `<html><head><title>${message}</title></head></html>`;
    if (status === 422) return { detail: [{ loc: ["body", param], msg: message, type }] };
    return { error: { message, type, code } };
  },
  callIds: ["", ""],
  voice: {
    id: "c4d4cd5b-0000-4000-8000-harbour",
    thought: (thought) => ({ thought }),
    joined: (thought, text) => ({
      content: (thought === undefined ? "" : THINK[0] + thought + THINK[1]) + text,
    }),
    callDeltas: () => [],
    usage: (turn) => ({ ...flatUsage(turn), search_context_size: "low" }),
    counting: growing,
    edit: (chunks) => repeatAll(markThoughts(chunks)),
    editWhole: (answer) => {
      const [choice] = answer.choices as [Json];
      const delta = { role: "assistant", content: "" };
      const choices = [{ ...choice, delta }];
      return { ...answer, choices, citations: CITATIONS, search_results: SEARCH_RESULTS };
    },
    newline: "\r\n",
    done: 0,
  },
};
