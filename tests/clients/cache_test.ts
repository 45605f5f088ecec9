/**
 * Answers that are given again, read by OpenAI's own client: of every native protocol, whole and streamed, whichever
 * way they were first asked for.
 */
import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import OpenAI from "openai";
import { createGateway } from "../support/gateway.ts";
import { type Native, NATIVES, openCoast, type Turn } from "../support/natives/mod.ts";
import { egressHere } from "../support/ways.ts";

type Json = Record<string, unknown>;

const coast = await openCoast(NATIVES);
const fetch = await egressHere();

const TOOLS = [{
  type: "function" as const,
  function: {
    name: "tide",
    description: "When the tide turns",
    parameters: { type: "object", properties: { harbour: { type: "string" } } },
  },
}];

const ASKING = {
  messages: [{ role: "user" as const, content: "May we sail?" }],
  tools: TOOLS,
  reasoning_effort: "low" as const,
};

const TURNS: Record<string, Turn> = {
  words: { thought: "Look at the tide first.", text: "Low water was at six, Käpt'n 🌊." },
  calls: {
    thought: "Two harbours.",
    calls: [{ name: "tide", args: { harbour: "Brest" } }, { name: "tide", args: {} }],
  },
};

/** What a person and a program read of an answer. */
interface Said {
  id: string;
  model: string;
  content: string;
  reasoning: string;
  details: unknown[];
  calls: unknown[];
  finish: string | null;
  usage: unknown;
  status: string | null;
}

interface Message {
  content?: string | null;
  reasoning_content?: string | null;
  reasoning_details?: Json[];
  tool_calls?: Json[];
}

function clientOf(native: Native, options: Json = {}) {
  const gateway = createGateway({
    providers: { [native.slug]: coast.settings(native) },
    gateways: { default: { cache: { ttl: 3600 } } },
    fetch,
    ...options,
  });
  return new OpenAI({
    apiKey: "dragoman",
    baseURL: "http://gateway.invalid/v1",
    fetch: gateway.fetch,
    maxRetries: 0,
    organization: null,
    project: null,
  });
}

async function askWhole(client: OpenAI, model: string): Promise<Said> {
  const { data, response } = await client.chat.completions.create({ ...ASKING, model })
    .withResponse();
  const [choice] = data.choices;
  const message = choice!.message as Message;
  return {
    id: data.id,
    model: data.model,
    content: message.content ?? "",
    reasoning: message.reasoning_content ?? "",
    details: message.reasoning_details ?? [],
    calls: (message.tool_calls ?? []).map(withoutCarried),
    finish: choice!.finish_reason,
    usage: data.usage,
    status: response.headers.get("cf-aig-cache-status"),
  };
}

/** Asked for as programs ask; the first chunk names the role, and only it. */
async function askStreamed(client: OpenAI, model: string, usage = true): Promise<Said> {
  const asking = { ...ASKING, model, stream: true as const };
  const counting = usage ? { stream_options: { include_usage: true } } : {};
  const { data, response } = await client.chat.completions.create({ ...asking, ...counting })
    .withResponse();
  const chunks = await Array.fromAsync(data);
  assertEquals(chunks[0]?.choices[0]?.delta.role, "assistant");
  assertEquals(chunks.some((chunk) => chunk.choices.length === 0), usage);
  const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta as Message));
  const calls: Json[] = [];
  for (const { index, ...call } of deltas.flatMap((delta) => delta.tool_calls ?? [])) {
    const known = calls[Number(index)];
    const { arguments: more } = call.function as Json;
    if (known === undefined) calls[Number(index)] = call;
    else {
      const { function: called } = known as { function: Json };
      called.arguments = `${called.arguments}${more ?? ""}`;
    }
  }
  return {
    id: chunks[0]!.id,
    model: chunks[0]!.model,
    content: deltas.map(({ content }) => content ?? "").join(""),
    reasoning: deltas.map(({ reasoning_content }) => reasoning_content ?? "").join(""),
    details: joined(deltas.flatMap(({ reasoning_details }) => reasoning_details ?? [])),
    calls: calls.map(withoutCarried),
    finish: chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? []).at(-1) ?? null,
    usage: chunks.flatMap(({ usage }) => usage ?? []).at(-1),
    status: response.headers.get("cf-aig-cache-status"),
  };
}

/**
 * Only one of the two ways has thoughts carried by calls too, for clients that forget the details; and some providers
 * number the calls of a whole answer as well.
 */
function withoutCarried({ extra_content: extra, index: _at, ...call }: Json): Json {
  const { dragoman: _, ...others } = (extra ?? {}) as Json;
  return Object.keys(others).length === 0 ? call : { ...call, extra_content: others };
}

/** Pieces of one detail, put together by its index as OpenRouter's clients do. */
function joined(details: readonly Json[]): Json[] {
  const whole: Json[] = [];
  for (const detail of details) {
    const known = whole.find((each) => each.index === detail.index && each.type === detail.type);
    if (known === undefined) whole.push({ ...detail });
    else {
      for (const [name, value] of Object.entries(detail)) {
        const longer = name === "text" || name === "summary";
        known[name] = longer ? `${known[name] ?? ""}${value}` : value;
      }
    }
  }
  return whole;
}

const ASK = { whole: askWhole, streamed: askStreamed };

for (const native of NATIVES) {
  for (const [what, turn] of Object.entries(TURNS)) {
    for (const [first, askFirst] of Object.entries(ASK)) {
      void test(`${native.name}: ${what} that came ${first} come again whole and streamed`, async () => {
        const stay = coast.visit(native);
        stay.turns.push(turn);
        const client = clientOf(native);
        const original = await askFirst(client, native.model);
        assertEquals(original.status, "MISS");
        // Where the provider gives no id, every answer has one of its own.
        const { id } = original;
        const named = !id.startsWith("chatcmpl-0");
        for (const ask of [askWhole, askStreamed]) {
          const again = await ask(client, native.model);
          assertEquals(again.id === id, named);
          assertEquals(again, { ...original, id: again.id, status: "HIT" });
        }
        const uncounted = await askStreamed(client, native.model, false);
        const expected = { ...original, id: uncounted.id, usage: undefined };
        assertEquals(uncounted, { ...expected, status: "HIT" });
        assertEquals(stay.asked.length, 1);
        assert(original.content !== "" || original.calls.length === 2);
      });
    }
  }
}
