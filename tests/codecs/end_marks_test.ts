/** Clients leave at the end mark: a relay knows when it has passed, and takes nothing else for one. */
import { assertEquals } from "@std/assert";
import { test } from "node:test";
import { anthropicMessages } from "../../lib/codecs/anthropic_messages/mod.ts";
import { openaiChat } from "../../lib/codecs/openai_chat/mod.ts";
import type { ProviderCodec } from "../../lib/chat/codec.ts";
import { SAID } from "../support/tongues.ts";

const chunk = (delta: object, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
const WORDS = chunk({ role: "assistant", content: `${SAID} [DONE]` });
const FINISH = chunk({}, "stop");
const DONE = "data: [DONE]\n\n";

const event = (type: string, more: object) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
const CLAUDE_START = event("message_start", { message: { id: "m", model: "c", content: [] } });
const CLAUDE_FINISH = event("message_delta", { delta: { stop_reason: "end_turn" } });
const CLAUDE_STOP = event("message_stop", {});

const faithful = openaiChat({ faithful: true });
const CASES: [what: string, codec: ProviderCodec, pieces: string[], ended: boolean][] = [
  ["a faithful stream", faithful, [WORDS, FINISH, DONE], true],
  ["a faithful stream in one piece", faithful, [WORDS + FINISH + DONE], true],
  ["a faithful one without its mark", faithful, [WORDS, FINISH], false],
  ["a faithful mark alone", faithful, [DONE], false],
  ["a repaired stream", openaiChat(), [WORDS, FINISH, DONE], true],
  ["a repaired one without its mark", openaiChat(), [WORDS, FINISH], false],
  ["a repaired mark alone", openaiChat(), [DONE], false],
  ["Claude's stream", anthropicMessages(), [CLAUDE_START, CLAUDE_FINISH, CLAUDE_STOP], true],
  ["Claude's without its mark", anthropicMessages(), [CLAUDE_START, CLAUDE_FINISH], false],
  ["Claude's mark before any finish", anthropicMessages(), [CLAUDE_START], false],
];

for (const usage of [false, true]) {
  test(`the end mark is what it says, ${usage ? "with" : "without"} counts`, () => {
    for (const [what, codec, pieces, ended] of CASES) {
      const relay = codec.relay!.relayStream({ usage }, { id: "", model: "", created: 0 });
      for (const [at, piece] of pieces.entries()) {
        assertEquals(relay.progress.ended ?? false, false, `${what}, before piece ${at}`);
        relay.push(new TextEncoder().encode(piece));
      }
      assertEquals(relay.progress.ended ?? false, ended, what);
    }
  });
}
