/** Limits as OpenAI's own client meets them. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { RateLimitError } from "openai";
import { ASK, defaultOptions, onEachDoor, thrownBy } from "../doors.ts";

const QUESTION = { model: "openai/gpt-5-mini", messages: ASK };

onEachDoor(
  "a limit is a RateLimitError with the headers that clients look for",
  async ({ client }) => {
    const { response } = await client.chat.completions.create(QUESTION).withResponse();
    assertEquals(response.headers.get("ratelimit-limit"), "1");
    assertEquals(response.headers.get("ratelimit-remaining"), "0");
    for (const stream of [false, true]) {
      const call = client.chat.completions.create({ ...QUESTION, stream });
      const error = await thrownBy(call, RateLimitError);
      assertEquals([error.status, error.code, error.type], [429, "2003", "rate_limit_error"]);
      assertMatch(error.message, /gateways\.default\.limits\[0\] allows 1 request in 86400 s/);
      const left = Number(error.headers.get("retry-after"));
      assert(left > 0 && left <= 86_400);
      assertEquals(error.headers.get("ratelimit-reset"), String(left));
    }
  },
  (urls) => ({
    ...defaultOptions(urls),
    gateways: {
      default: { open: true, limits: [{ of: "requests", limit: 1, per: 86_400 }] },
    },
  }),
);

onEachDoor(
  "a spend limit is a RateLimitError with a number of its own",
  async ({ client }) => {
    const error = await thrownBy(client.chat.completions.create(QUESTION), RateLimitError);
    assertEquals([error.status, error.code], [429, "2041"]);
    assertMatch(error.message, /allows \$0\.50 .* it never fits/);
    const short = { ...QUESTION, max_completion_tokens: 100 };
    assertEquals((await client.chat.completions.create(short)).choices.length, 1);
  },
  (urls) => ({
    ...defaultOptions(urls),
    prices: { "openai/gpt-5-mini": { input: 1000, output: 1000 } },
    gateways: { default: { open: true, spendLimits: [{ limit: 0.5 }] } },
  }),
);
