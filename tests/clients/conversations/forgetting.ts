/** The conversation by clients that keep role, content and calls alone: the gateway remembers the rest for them. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import OpenAI, { type ClientOptions } from "openai";
import { createGateway } from "../../support/gateway.ts";
import { DUMMY } from "../../support/natives/gemini.ts";
import {
  aiStudio,
  anthropic,
  bedrock,
  deepseek,
  type Native,
  vertex,
  vertexClaude,
} from "../../support/natives/mod.ts";
import { egressHere } from "../../support/ways.ts";
import { onEachDoor } from "../doors.ts";
import {
  converse,
  heardBy,
  heardFrom,
  thoughtsOf,
  thoughtsToldTo,
  type Way,
} from "./conversation.ts";
import { coast, gatewayOf } from "./scene.ts";
import { forgetting, forgettingStreams } from "./ways.ts";

/** Those who refuse, or think no more, when their thoughts don't come back with the calls. */
const DEMANDING = [anthropic, vertexClaude, bedrock, aiStudio, vertex, deepseek];
const WAYS: Record<string, Way> = { whole: forgetting, streamed: forgettingStreams };

for (const native of DEMANDING) {
  for (const [how, way] of Object.entries(WAYS)) {
    const options = gatewayOf([native]);
    onEachDoor(`${native.name}: a client that forgets thoughts, ${how}`, async ({ client }) => {
      const stay = coast.visit(native);
      await converse(client, [stay], way);
      assertEquals(heardBy(stay), heardFrom(native));
      assertEquals(thoughtsToldTo(stay, 2), thoughtsOf(native));
      assertEquals(stay.asked.some(({ body }) => JSON.stringify(body).includes(DUMMY)), false);
    }, () => options);
  }
}

type Fetch = NonNullable<ClientOptions["fetch"]>;

function clientOf(fetch: Fetch): OpenAI {
  return new OpenAI({ baseURL: "http://gateway/v1", apiKey: "dragoman", maxRetries: 0, fetch });
}

async function gatewayFor(native: Native, principal?: string) {
  const gateway = createGateway({ ...gatewayOf([native]), fetch: await egressHere() });
  const warnings: string[] = [];
  const fetchAs = (name: string | undefined): Fetch => async (input, init) => {
    const context = name === undefined ? {} : { principal: { name } };
    const answer = await gateway.handle(new Request(input, init), context);
    warnings.push(answer.headers.get("dragoman-warnings") ?? "");
    return answer;
  };
  return { fetch: fetchAs(principal), fetchAs, warnings };
}

/** What is sent in place of thoughts that nobody remembers, and how the caller is told. */
const FALLBACKS: readonly [native: Native, told: string][] = [
  [anthropic, 'dropped;param="reasoning_effort"'],
  [bedrock, 'dropped;param="reasoning_effort"'],
  [aiStudio, 'filled;param="messages.tool_calls.extra_content"'],
  [vertex, 'filled;param="messages.tool_calls.extra_content"'],
  [deepseek, 'filled;param="messages.reasoning_content"'],
];

for (const [native, told] of FALLBACKS) {
  test(`${native.name}: what nobody remembers is gone without breaking the conversation`, async () => {
    const stay = coast.visit(native);
    const warnings: string[] = [];
    // Another gateway for each request, as after a restart.
    const client = clientOf(async (input, init) => {
      const gateway = await gatewayFor(native);
      const answer = await gateway.fetch(input, init);
      warnings.push(...gateway.warnings);
      return answer;
    });
    await converse(client, [stay], forgetting);
    assertEquals(heardBy(stay), heardFrom(native));
    assertEquals(thoughtsToldTo(stay, 2), []);
    assertEquals(warnings[0]!.includes(told), false);
    assertStringIncludes(warnings[1]!, told);
    const dummy = native.signs === "gemini";
    assertEquals(JSON.stringify(stay.asked[1]!.body).includes(DUMMY), dummy);
  });
}

test("a caller never gets another caller's thoughts, though he repeats his whole conversation", async () => {
  const { fetchAs } = await gatewayFor(anthropic);
  const stay = coast.visit(anthropic);
  let asked = 0;
  // Ada asks first; the rest of the very same conversation is Bob's.
  const client = clientOf((input, init) => fetchAs(asked++ === 0 ? "ada" : "bob")(input, init));
  await converse(client, [stay], forgetting);
  assertEquals(thoughtsToldTo(stay, 1), []);
});
