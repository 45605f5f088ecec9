/** Command A Reasoning. https://docs.cohere.com/v2/reference/chat */
import type { Fault, Json, Native, Spoken, Turn } from "./native.ts";
import { first, GREETING, json, objects, shreds, words } from "./words.ts";

const refused = (message: string): Fault => ({ status: 400, message });
const MODEL = "command-a-reasoning-08-2025";

function messageFault({ messages }: Json): Fault | undefined {
  let owed: string[] = [];
  for (const [at, message] of objects(messages).entries()) {
    const { role, content, tool_calls, tool_plan } = message;
    if (role === "tool") {
      const place = owed.indexOf(String(message.tool_call_id));
      if (place < 0) return refused(`invalid request: no matching tool call for message ${at}`);
      owed.splice(place, 1);
      continue;
    }
    if (owed.length > 0) {
      return refused(`invalid request: missing tool results for ${owed.join(", ")}`);
    }
    const silent = content === undefined || content === "" ||
      (Array.isArray(content) && content.length === 0);
    if (role === "assistant") {
      if (silent && tool_calls === undefined) {
        return refused("invalid request: an assistant message needs content or tool calls");
      }
      if (tool_plan !== undefined && tool_calls === undefined) {
        return refused("invalid request: tool_plan needs tool_calls");
      }
      const text = objects(content).some(({ type }) => type === "text") ||
        typeof content === "string";
      if (text && tool_calls !== undefined) {
        return refused(
          "invalid request: cannot specify both content and tool_calls: use tool_plan",
        );
      }
    } else if (silent) return refused(`invalid request: message ${at} must have content`);
    owed = objects(tool_calls).map(({ id }) => String(id));
  }
  return owed.length === 0 ? undefined : refused("invalid request: missing tool results");
}

const usage = {
  billed_units: { input_tokens: 20, output_tokens: 33 },
  tokens: { input_tokens: 24, output_tokens: 33 },
  cached_tokens: 4,
};

function said({ thought, text, calls }: Turn, { thinking }: Json) {
  const thinks = (thinking as Json | undefined)?.type !== "disabled";
  return {
    thought: thinks ? thought : undefined,
    text: calls ? undefined : text ?? GREETING,
    // What is said beside calls is the plan, which those who think do without.
    plan: calls && !thinks ? text : undefined,
    calls: calls ?? [],
  };
}

const idOf = (name: string, serial: number, at: number) => `${name}_harbour${serial}${at}`;

function whole(turn: Turn, body: Json, serial: number): Json {
  const { thought, text, plan, calls } = said(turn, body);
  const content = [
    ...(thought === undefined ? [] : [{ type: "thinking", thinking: thought }]),
    ...(text === undefined ? [] : [{ type: "text", text }]),
  ];
  return {
    id: `c14c80c3-harbour-${serial}`,
    message: {
      role: "assistant",
      ...(content.length > 0 && { content }),
      ...(plan !== undefined && { tool_plan: plan }),
      ...(calls.length > 0 && {
        tool_calls: calls.map(({ name, args }, at) => ({
          id: idOf(name, serial, at),
          type: "function",
          function: { name, arguments: JSON.stringify(args) },
        })),
      }),
    },
    finish_reason: calls.length > 0 ? "TOOL_CALL" : "COMPLETE",
    usage,
  };
}

function streamed(turn: Turn, body: Json, serial: number): Spoken {
  const { thought, text, plan, calls } = said(turn, body);
  const event = (type: string, index: number | undefined, message: Json): Json => ({
    type,
    ...(index !== undefined && { index }),
    delta: { message },
  });
  const block = (index: number, kind: "thinking" | "text", text: string): Json[] => [
    event("content-start", index, { content: { type: kind, [kind]: "" } }),
    ...words(text).map((word) => event("content-delta", index, { content: { [kind]: word } })),
    { type: "content-end", index },
  ];
  const events: Json[] = [
    {
      id: `harbour-${serial}`,
      ...event("message-start", undefined, {
        role: "assistant",
        content: [],
        tool_plan: "",
        tool_calls: [],
        citations: [],
      }),
    },
    ...(thought === undefined ? [] : block(0, "thinking", thought)),
    ...words(plan ?? "").map((word) => event("tool-plan-delta", undefined, { tool_plan: word })),
    ...calls.flatMap(({ name, args }, at) => [
      event("tool-call-start", at, {
        tool_calls: {
          id: idOf(name, serial, at),
          type: "function",
          function: { name, arguments: "" },
        },
      }),
      ...shreds(JSON.stringify(args)).map((part) =>
        event("tool-call-delta", at, { tool_calls: { function: { arguments: part } } })
      ),
      { type: "tool-call-end", index: at },
    ]),
    ...(text === undefined ? [] : block(thought === undefined ? 0 : 1, "text", text)),
    {
      type: "message-end",
      delta: { finish_reason: calls.length > 0 ? "TOOL_CALL" : "COMPLETE", usage },
    },
  ];
  return {
    status: 200,
    type: "text/event-stream",
    pieces: events.map((each) => `event: ${each.type}\ndata: ${JSON.stringify(each)}\n\n`),
  };
}

function retell({ messages }: Json): string[] {
  return objects(messages).flatMap(({ role, content, tool_plan, tool_calls }) => {
    if (role === "tool") {
      const text = typeof content === "string"
        ? content
        : objects(content).map((part) => part.text ?? JSON.stringify(part.document)).join("");
      return [`= ${text}`];
    }
    const blocks = typeof content === "string"
      ? [{ type: "text", text: content }]
      : objects(content);
    return [
      ...blocks.map((block: Json) =>
        block.type === "thinking" ? `thought: ${block.thinking}` : `${role}: ${block.text}`
      ),
      ...(tool_plan === undefined ? [] : [`${role}: ${tool_plan}`]),
      ...objects(tool_calls).map((call) => {
        const { name, arguments: args } = call.function as Json;
        return `${name} ${args}`;
      }),
    ];
  });
}

export const cohere: Native = {
  name: "cohere",
  slug: "cohere",
  model: `cohere/${MODEL}`,
  key: "co-harbour",
  base: "/v2",
  thinks: true,
  tersely: true,
  judge({ path, headers, body }) {
    if (path !== "/v2/chat") return { status: 404, message: "page not found" };
    if (headers.authorization !== "Bearer co-harbour") {
      return { status: 401, message: "invalid api token" };
    }
    if (body.model !== MODEL) return { status: 404, message: `model '${body.model}' not found` };
    return first(() => messageFault(body));
  },
  refuse: ({ status, message }) => json(status, { id: "88b8603c-harbour", message }),
  speak: (turn, { body }, serial) =>
    body.stream === true ? streamed(turn, body, serial) : json(200, whole(turn, body, serial)),
  retell,
};
