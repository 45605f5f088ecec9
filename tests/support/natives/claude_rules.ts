/** What Claude refuses wherever it is served, on turns of blocks in Anthropic's names. */
import type { Fault, Json } from "./native.ts";
import { first, isSeal, objects, seal } from "./words.ts";

export interface ClaudeTurn {
  role: string;
  content: Json[];
}

/** A sequence of thoughts is signed as one: none may be missing, changed or moved. */
export const signatureOf = (thought: string): string => seal("claude", thought);

type Refuse = (message: string) => Fault;

/** The first thing wrong with a conversation. */
export function claudeFault(
  turns: readonly ClaudeTurn[],
  thinking: boolean,
  refuse: Refuse,
): Fault | undefined {
  return first(
    () => orderFault(turns, refuse),
    () => blockFault(turns, refuse),
    () => callFault(turns, refuse),
    () => signatureFault(turns, refuse),
    () => thinking ? thoughtFault(turns, refuse) : undefined,
  );
}

function orderFault(turns: readonly ClaudeTurn[], refuse: Refuse): Fault | undefined {
  if (turns[0]?.role !== "user") return refuse('messages: first message must use the "user" role');
  const at = turns.findIndex(({ role }, at) => at > 0 && role === turns[at - 1]!.role);
  return at < 0
    ? undefined
    : refuse(`messages.${at}: roles must alternate between "user" and "assistant"`);
}

function blockFault(turns: readonly ClaudeTurn[], refuse: Refuse): Fault | undefined {
  for (const [at, { content }] of turns.entries()) {
    if (content.length === 0) {
      return refuse(`messages.${at}: all messages must have non-empty content`);
    }
    for (const block of content) {
      if (block.type === "text" && String(block.text).trim() === "") {
        return refuse("messages: text content blocks must contain non-whitespace text");
      }
    }
  }
  const last = turns.at(-1)!;
  const text = last.role === "assistant" ? String(last.content.at(-1)?.text ?? "") : "";
  return text === text.trimEnd()
    ? undefined
    : refuse("messages: final assistant content cannot end with trailing whitespace");
}

const idsOf = (content: readonly Json[], type: string, name: string) =>
  content.filter((block) => block.type === type).map((block) => String(block[name]));

function callFault(turns: readonly ClaudeTurn[], refuse: Refuse): Fault | undefined {
  const known = new Set<string>();
  let owed: string[] = [];
  for (const [at, { content }] of turns.entries()) {
    const results = idsOf(content, "tool_result", "tool_use_id");
    const stray = results.find((id) => !owed.includes(id));
    if (stray !== undefined) {
      return refuse(
        `messages.${at}.content: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}`,
      );
    }
    const missing = owed.filter((id) => !results.includes(id));
    if (missing.length > 0) {
      const ids = missing.join(", ");
      return refuse(
        `messages.${
          at - 1
        }: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids}`,
      );
    }
    if (new Set(results).size < results.length) {
      return refuse(`messages.${at}: each tool_use must have a single result`);
    }
    const late = content.findIndex(({ type }) => type !== "tool_result");
    if (late >= 0 && late < results.length) {
      return refuse(`messages.${at}: tool_result blocks must come first`);
    }
    owed = idsOf(content, "tool_use", "id");
    for (const id of owed) {
      if (!/^[a-zA-Z0-9_-]+$/.test(id)) {
        return refuse(
          `messages.${at}.content: tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`,
        );
      }
      if (known.has(id)) return refuse("messages: `tool_use` ids must be unique");
      known.add(id);
    }
  }
  return owed.length === 0 ? undefined : refuse(
    `messages.${
      turns.length - 1
    }: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${owed}`,
  );
}

function signatureFault(turns: readonly ClaudeTurn[], refuse: Refuse): Fault | undefined {
  for (const [at, { content }] of turns.entries()) {
    for (const [place, block] of content.entries()) {
      const told = block.type === "thinking" &&
        block.signature !== signatureOf(String(block.thinking));
      const hidden = block.type === "redacted_thinking" && !isSeal("claude", block.data);
      if (told || hidden) {
        return refuse(
          `messages.${at}.content.${place}: Invalid \`signature\` in \`thinking\` block`,
        );
      }
    }
  }
  return undefined;
}

/** Every thought has a hidden one after it: a pair that comes back torn has been changed. */
function thoughtFault(turns: readonly ClaudeTurn[], refuse: Refuse): Fault | undefined {
  const at = turns.findLastIndex(({ role }) => role === "assistant");
  const content = turns[at]?.content ?? [];
  if (!content.some(({ type }) => type === "tool_use")) return undefined;
  const types = content.map(({ type }) => String(type));
  if (!/thinking$/.test(types[0]!)) {
    return refuse(
      `messages.${at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${
        types[0]
      }\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block`,
    );
  }
  const whole = types[0] === "thinking" && types[1] === "redacted_thinking" &&
    content[1]!.data === hiddenAfter(String(content[0]!.thinking));
  return whole ? undefined : refuse(
    `messages.${at}.content: \`thinking\` or \`redacted_thinking\` blocks in the latest assistant message cannot be modified`,
  );
}

/** What Claude doesn't show of a thought. */
export const hiddenAfter = (thought: string): string => seal("claude", `after ${thought}`);

/** The conversation, a line for everything. */
export function retellClaude(
  turns: readonly ClaudeTurn[],
  textOf: (result: Json) => string,
): string[] {
  return turns.flatMap(({ role, content }) =>
    content.map((block) => {
      switch (block.type) {
        case "text":
          return `${role}: ${block.text}`;
        case "thinking":
          return `thought: ${block.thinking}`;
        case "redacted_thinking":
          return "thought, hidden";
        case "tool_use":
          return `${block.name} ${JSON.stringify(block.input)}`;
        default:
          return `= ${textOf(block)}`;
      }
    })
  );
}

export const textsOf = (content: unknown): string =>
  typeof content === "string" ? content : objects(content).map(({ text }) => text).join("");
