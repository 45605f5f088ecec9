/** Providers that speak OpenAI's dialect, each with the strictness and the accent it is imitated with elsewhere. */
import { type Accent, bearer } from "../accents/accent.ts";
import { deepseek as deepseekAccent } from "../accents/deepseek.ts";
import { mistral as mistralAccent } from "../accents/mistral.ts";
import { callIds, callsOf, messageKeys, messagesOf } from "../accents/rules.ts";
import { eventsOf, faultOf } from "../accents/server.ts";
import {
  apartIfAsked,
  callInPieces,
  GREETING,
  openaiUsage,
  wholeAnswer,
} from "../accents/speech.ts";
import { findFault } from "../openai_rules.ts";
import type { Json, Native } from "./native.ts";
import { json, objects } from "./words.ts";

const unexpected = (name: string, at: number) => ({
  status: 400,
  type: "invalid_request_error",
  message: `Additional properties are not allowed ('${name}' was unexpected) - 'messages.${at}'`,
});

/** OpenAI: thinks without a word about it, and takes nothing it does not know. */
const openaiAccent: Accent = {
  slug: "openai",
  models: ["gpt-5-mini"],
  key: "sk-harbour-openai",
  base: "/v1",
  paths: ["/v1/chat/completions"],
  opens: bearer,
  badKey: {
    status: 401,
    type: "invalid_request_error",
    code: "invalid_api_key",
    message: "Incorrect API key provided",
  },
  unknownModel: (model) => ({
    status: 404,
    code: "model_not_found",
    message: `The model ${model} does not exist`,
  }),
  rules: [
    (body) => {
      const failure = findFault(body);
      return failure && {
        status: failure.status,
        message: failure.error.message,
        type: failure.error.type,
      };
    },
    messageKeys({
      system: "role content name",
      developer: "role content name",
      user: "role content name",
      assistant: "role content name refusal tool_calls audio annotations function_call",
      tool: "role content tool_call_id",
    }, unexpected),
    callIds(/^.{1,40}$/, (id) => ({ status: 400, message: `id ${id}: string too long` })),
    (body) => {
      const odd = messagesOf(body).flatMap(callsOf).flatMap(Object.keys)
        .find((name) => !["id", "type", "function"].includes(name));
      return odd === undefined ? undefined : unexpected(odd, 0);
    },
  ],
  envelope: ({ message, type = "invalid_request_error", code = null }) => ({
    error: { message, type, param: null, code },
  }),
  callIds: ["call_harbour0", "call_harbour1"],
  voice: {
    id: "chatcmpl-harbour",
    message: { refusal: null, annotations: [] },
    opening: { content: "", refusal: null },
    thought: () => ({}),
    joined: (_, content) => ({ content: content === "" ? null : content }),
    callDeltas: callInPieces,
    usage: openaiUsage,
    counting: apartIfAsked,
  },
};

/** The conversation, a line for everything. */
function retell(body: Json): string[] {
  return messagesOf(body).flatMap((message) => {
    const { role, content, reasoning_content: thought } = message;
    const text = typeof content === "string"
      ? content
      : objects(content).map(({ text }) => text ?? "").join("");
    if (role === "tool") return [`= ${text}`];
    return [
      ...(typeof thought === "string" && thought.trim() !== "" ? [`thought: ${thought}`] : []),
      ...(text === "" ? [] : [`${role}: ${text}`]),
      ...callsOf(message).map((call) => {
        const { name, arguments: args } = call.function as Json;
        return `${name} ${args}`;
      }),
    ];
  });
}

interface Manner {
  model: string;
  thinks: boolean;
  /** Ids of the calls of one answer. */
  id(serial: number, at: number): string;
}

function fromAccent(accent: Accent, { model, thinks, id }: Manner): Native {
  const { slug, key, base } = accent;
  return {
    name: slug,
    slug,
    model: `${slug}/${model}`,
    key,
    base,
    thinks,
    judge: ({ path, headers, body }) => faultOf(accent, { path, headers, body }),
    refuse: ({ status, ...fault }) => json(status, accent.envelope({ status, ...fault })),
    speak({ thought, text, calls }, { body }, serial) {
      const turn = {
        text: text ?? (calls ? "" : GREETING),
        ...(thinks && thought !== undefined && { reasoning: thought }),
        ...(calls && {
          calls: calls.map(({ name, args }, at) => ({
            id: id(serial, at),
            name,
            arguments: JSON.stringify(args),
          })),
        }),
      };
      if (body.stream !== true) return json(200, wholeAnswer(accent, turn, body));
      return { status: 200, type: "text/event-stream", pieces: eventsOf(accent, turn, body) };
    },
    retell,
  };
}

export const openai = fromAccent(openaiAccent, {
  model: "gpt-5-mini",
  thinks: false,
  id: (serial, at) => `call_harbour${serial}x${at}`,
});

/** A model that wants to see what it thought before it called. */
export const deepseek = fromAccent(deepseekAccent, {
  model: "deepseek-v4-flash",
  thinks: true,
  id: (serial, at) => `call_0${at}_harbour${serial}`,
});

/** Ids of nine letters and digits, and no thoughts of anybody's. */
export const mistral = fromAccent(mistralAccent, {
  model: mistralAccent.models[0]!,
  thinks: false,
  id: (serial, at) => `h${serial}x${at}harbour`.slice(0, 9),
});
