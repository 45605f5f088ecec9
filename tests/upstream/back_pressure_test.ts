/** A slow reader slows the provider down; nothing piles up in between. */
import { assert, assertEquals } from "@std/assert";
import { test } from "node:test";
import { recorded } from "../support/recorder.ts";
import { openaiTongue, toyTongue } from "../support/tongues.ts";
import { toy } from "../support/toy_codec.ts";
import { pause } from "../support/waiting.ts";

const providers = { toy: { definition: toy, apiKey: "k", baseUrl: "http://toy.example" } };

for (const slug of ["openai", "ollama", "toy"]) {
  const tongue = slug === "toy" ? toyTongue : openaiTongue;

  test(`${slug}: the provider is read no faster than the caller reads, and cancelled when he leaves`, async () => {
    let pulled = 0;
    let cancelled = false;
    const utf8 = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(utf8.encode(pulled++ === 0 ? tongue.head : tongue.content));
      },
      cancel: () => void (cancelled = true),
    }, { highWaterMark: 0 });
    const { gateway } = recorded(
      { providers },
      () => new Response(body, { headers: { "content-type": tongue.streamType } }),
    );
    const text = JSON.stringify({ model: `${slug}/m`, stream: true, messages: [] });
    const answer = await gateway.fetch(
      new Request("http://localhost/v1/chat/completions", { method: "POST", body: text }),
    );
    await pause(20);
    assert(pulled <= 4, `${pulled} reads before anybody read`);
    const reader = answer.body!.getReader();
    const before = pulled;
    for (let i = 0; i < 5; i++) assert(!(await reader.read()).done);
    await pause(20);
    assert(pulled - before <= 8, `${pulled - before} reads for 5`);
    await reader.cancel();
    assertEquals(cancelled, true);
  });
}
