/** Who finds a turn that was kept, and who doesn't. */
import { assertEquals, assertRejects } from "@std/assert";
import { test } from "node:test";
import type { WantedThoughts } from "../../lib/chat/codec.ts";
import type { Message, Part, ToolCallPart } from "../../lib/chat/request.ts";
import { sha256Hex } from "../../lib/digest.ts";
import { GatewayError } from "../../lib/errors.ts";
import { Carrier, type CarrierScope, LONGEST_TURN } from "../../lib/policy/carrier.ts";
import { createMemoryStore } from "../../lib/store/memory.ts";
import { FakeClock } from "../support/fake_clock.ts";

const THOUGHTS: WantedThoughts = {
  family: "claude",
  bears: ({ type }) => type === "reasoning",
  proven: true,
};
const SCOPE: CarrierScope = { tenant: ["default", "name", "ada"], thoughts: THOUGHTS };
const HOUR = 3_600_000;

function call(id: string, more: Partial<ToolCallPart> = {}): ToolCallPart {
  return {
    type: "tool_call",
    id,
    name: "tide",
    arguments: '{"harbour":"Brest"}',
    kind: "function",
    ...more,
  };
}

const said = (role: Message["role"], content: string): Message => ({
  role,
  parts: [{ type: "text", content }],
});
const THOUGHT: Part = { type: "reasoning", content: "Tide first.", signature: "seal" };
const QUESTION = said("user", "May we sail?");
const CALLS = [call("c1"), call("c2", { arguments: '{"harbour":"Molène"}' })];

async function kept(thought = THOUGHT) {
  const clock = new FakeClock();
  const carrier = new Carrier({ store: createMemoryStore({ clock }), hash: sha256Hex });
  await carrier.keep(SCOPE, [QUESTION], [thought, ...CALLS]);
  const thoughts = async (parts: Part[], scope = SCOPE, before = [QUESTION]) => {
    const history: Message[] = [...before, { role: "assistant", parts }];
    const restored = await carrier.restore(scope, history);
    return restored.at(-1)!.parts.filter(({ type }) => type === "reasoning");
  };
  return { clock, carrier, thoughts };
}

test("any call of a turn finds its thoughts, whatever became of the others", async () => {
  const { thoughts } = await kept();
  assertEquals(await thoughts(CALLS), [THOUGHT]);
  assertEquals(await thoughts([CALLS[1]!]), [THOUGHT]);
});

test("arguments that a client parsed and wrote again are the same", async () => {
  const { carrier, thoughts } = await kept();
  assertEquals(await thoughts([call("c1", { arguments: '{ "harbour": "Brest" }' })]), [THOUGHT]);
  const written = call("c8", { arguments: '{"to":{"y":1,"x":[2]},"at":""}' });
  await carrier.keep(SCOPE, [QUESTION], [THOUGHT, written, call("c9", { arguments: "" })]);
  const sorted = '{"at": "", "to": {"x": [2], "y": 1}}';
  assertEquals(await thoughts([call("c8", { arguments: sorted })]), [THOUGHT]);
  assertEquals(await thoughts([call("c9", { arguments: "{}" })]), [THOUGHT]);
});

test("a system's message may change from turn to turn", async () => {
  const { thoughts } = await kept();
  const before = [said("system", "It is 12:04."), QUESTION];
  assertEquals(await thoughts(CALLS, SCOPE, before), [THOUGHT]);
});

test("another caller, family, id, tool, argument or question finds nothing", async () => {
  const { thoughts } = await kept();
  assertEquals(await thoughts(CALLS, { ...SCOPE, tenant: ["default", "name", "bob"] }), []);
  assertEquals(
    await thoughts(CALLS, { ...SCOPE, thoughts: { ...THOUGHTS, family: "gemini" } }),
    [],
  );
  assertEquals(await thoughts([call("c3")]), []);
  assertEquals(await thoughts([call("c1", { name: "wind" })]), []);
  assertEquals(await thoughts([call("c1", { arguments: '{"harbour":"Sète"}' })]), []);
  assertEquals(await thoughts(CALLS, SCOPE, [said("user", "May we fly?")]), []);
});

test("what was said before is told apart to the letter, pictures by their length, beginning and end", async () => {
  const { carrier } = await kept();
  const found = async (before: Message, other: Message) => {
    await carrier.keep(SCOPE, [before], [THOUGHT, ...CALLS]);
    const history: Message[] = [other, { role: "assistant", parts: CALLS }];
    return await carrier.restore(SCOPE, history) !== history;
  };
  const long = (middle: string) =>
    said("tool", `${"x".repeat(50_000)}${middle}${"x".repeat(50_000)}`);
  assertEquals(await found(long("5 m"), long("5 m")), true);
  assertEquals(await found(long("5 m"), long("6 m")), false);
  const picture = (content: string): Message => ({
    role: "user",
    parts: [{ type: "blob", modality: "image", content }],
  });
  assertEquals(await found(picture("x".repeat(9000)), picture("x".repeat(9000))), true);
  assertEquals(await found(picture("x".repeat(9000)), picture("x".repeat(9004))), false);
  assertEquals(await found(picture("x".repeat(9000)), picture(`y${"x".repeat(8999)}`)), false);
});

test("a turn is kept for a day", async () => {
  const { clock, thoughts } = await kept();
  await clock.advance(23 * HOUR);
  assertEquals(await thoughts(CALLS), [THOUGHT]);
  await clock.advance(2 * HOUR);
  assertEquals(await thoughts(CALLS), []);
});

test("a turn that is too long is not kept", async () => {
  const { thoughts } = await kept({ type: "reasoning", content: "x".repeat(LONGEST_TURN) });
  assertEquals(await thoughts(CALLS), []);
});

test("messages of which nothing is remembered are the very same list", async () => {
  const { carrier } = await kept();
  const history = [QUESTION, said("assistant", "No."), said("user", "Why?")];
  assertEquals(await carrier.restore(SCOPE, history) === history, true);
});

test("a store that fails rejects, for the caller to go on without", async () => {
  const broken = () => Promise.reject(new GatewayError(2142, "gone"));
  const store = { ...createMemoryStore({ clock: new FakeClock() }), get: broken, set: broken };
  const carrier = new Carrier({ store, hash: sha256Hex });
  await assertRejects(
    () => carrier.keep(SCOPE, [QUESTION], [THOUGHT, ...CALLS])!,
    GatewayError,
  );
  await assertRejects(
    () => carrier.restore(SCOPE, [QUESTION, { role: "assistant", parts: CALLS }]),
    GatewayError,
  );
});
