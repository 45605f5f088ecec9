/** The conversation by clients that keep role, content and calls alone: the gateway remembers the rest for them. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import OpenAI, { type ClientOptions } from "openai";
import { createGateway } from "../../../lib/gateway.ts";
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

/** Another gateway for each request, as after a restart. */
async function* restarts(native: Native) {
  for (;;) yield await gatewayFor(native);
}

test("what nobody remembers is gone without breaking the conversation: Claude thinks no more", async () => {
  const stay = coast.visit(anthropic);
  const warnings: string[] = [];
  const gateways = restarts(anthropic);
  const client = clientOf(async (input, init) => {
    const { value } = await gateways.next();
    const answer = await value!.fetch(input, init);
    warnings.push(value!.warnings.join());
    return answer;
  });
  await converse(client, [stay], forgetting);
  assertEquals(heardBy(stay), heardFrom(anthropic));
  assertEquals(thoughtsToldTo(stay, 2), []);
  assertStringIncludes(warnings[1]!, 'dropped;param="reasoning_effort"');
});

test("what nobody remembers is gone without breaking the conversation: Gemini is told so", async () => {
  const stay = coast.visit(aiStudio);
  const gateways = restarts(aiStudio);
  const client = clientOf(async (input, init) => (await gateways.next()).value!.fetch(input, init));
  await converse(client, [stay], forgetting);
  assertEquals(heardBy(stay), heardFrom(aiStudio));
  assertStringIncludes(JSON.stringify(stay.asked[1]!.body), DUMMY);
});

test("a caller never gets another caller's thoughts, though he repeats his whole conversation", async () => {
  const { fetchAs } = await gatewayFor(anthropic);
  const stay = coast.visit(anthropic);
  let asked = 0;
  // Ada asks first; the rest of the very same conversation is Bob's.
  const client = clientOf((input, init) => fetchAs(asked++ === 0 ? "ada" : "bob")(input, init));
  await converse(client, [stay], forgetting);
  assertEquals(thoughtsToldTo(stay, 1), []);
});
