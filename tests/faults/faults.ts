/** Everything a provider can do wrong, as data: what it does, and what the caller must get. */
import { gzipSync } from "node:zlib";
import type { Visit } from "../support/fake_upstream.ts";
import type { Tongue } from "../support/tongues.ts";
import { pause } from "../support/waiting.ts";

/** What a fault is played on. */
export interface Stage {
  visit: Visit;
  tongue: Tongue;
  stream: boolean;
  /** The key that must never reach the caller. */
  key: string;
}

/** What the caller gets. */
export interface Outcome {
  /** `good`: the whole answer. `broken`: content, then one error event. `error`: a real status. */
  kind: "good" | "broken" | "error";
  status?: number;
  /** The gateway's own number; absent where the provider's words are relayed. */
  code?: string;
  /** Who is to blame, where every mode blames the same. */
  source?: "gateway" | "provider";
  /** Whether trying again may help; such faults are also played with retries and a fallback. */
  retryable?: boolean;
  /** Header of the answer that must be there. */
  header?: readonly [name: string, value: string];
  /** A pause the provider asks for, in milliseconds. */
  hint?: number;
}

export interface Fault {
  name: string;
  /** Absent: nobody listens at all. */
  play?: (stage: Stage) => void | Promise<void>;
  /** Absent: the fault has no such form. */
  whole?: Outcome;
  stream?: Outcome;
}

const JSON_TYPE = { "content-type": "application/json" };
const PAGE = "<!DOCTYPE html><html><body>Bad gateway</body></html>";
const GOOD: Outcome = { kind: "good" };

const failure = (status: number, code?: string, retryable = true): Outcome => ({
  kind: "error",
  status,
  ...(code !== undefined && { code }),
  source: code === undefined ? "provider" : "gateway",
  retryable,
});
const broken = (code?: string): Outcome => ({
  kind: "broken",
  ...(code !== undefined && { code }),
});
const both = (outcome: Outcome) => ({ whole: outcome, stream: outcome });

const streamHeaders = ({ tongue }: Stage) => ({ "content-type": tongue.streamType });

function goodBytes({ tongue, stream }: Stage): Uint8Array {
  const { whole, head, content, rest } = tongue;
  return new TextEncoder().encode(stream ? head + content + rest : whole);
}

/** A 429 with a hint of how long to wait. */
function limited(
  name: string,
  hint: number,
  headers: Record<string, string>,
  header?: readonly [string, string],
): Fault {
  const outcome: Outcome = { ...failure(429), hint, ...(header !== undefined && { header }) };
  return {
    name: `429 with ${name}`,
    play: ({ visit, tongue, key }) =>
      visit.reply(429, { ...JSON_TYPE, ...headers }, tongue.error(key)),
    ...both(outcome),
  };
}

const NOON = Date.UTC(2026, 0, 1, 12);
const date = (ms: number) => new Date(NOON + ms).toUTCString();

export const FAULTS: readonly Fault[] = [
  { name: "connection refused", ...both(failure(502, "2005")) },
  {
    name: "reset before headers",
    play: ({ visit }) => visit.reset(),
    ...both(failure(502, "2005")),
  },
  limited("retry-after in seconds", 7000, { "retry-after": "7" }, ["retry-after", "7"]),
  limited(
    "retry-after as a date",
    9000,
    { date: date(0), "retry-after": date(9000) },
    ["retry-after", date(9000)],
  ),
  limited("retry-after-ms", 7300, { "retry-after-ms": "7300" }, ["retry-after-ms", "7300"]),
  limited("x-ratelimit-reset durations", 6123, {
    "x-ratelimit-remaining-requests": "0",
    "x-ratelimit-reset-requests": "6.123s",
    "x-ratelimit-remaining-tokens": "99",
    "x-ratelimit-reset-tokens": "2m59s",
  }, ["x-ratelimit-reset-tokens", "2m59s"]),
  limited("no hint", 0, {}),
  {
    name: "500",
    play: ({ visit, tongue, key }) => visit.reply(500, JSON_TYPE, tongue.error(key)),
    ...both(failure(500)),
  },
  {
    name: "an error body without end",
    play: async ({ visit }) => {
      visit.begin(500, { "content-type": "text/plain" });
      while (!visit.gone) {
        visit.chunk("no ".repeat(10_000));
        await pause(0);
      }
    },
    ...both(failure(500)),
  },
  {
    name: "an error body that is cut off",
    play: async ({ visit }) => {
      visit.begin(503, JSON_TYPE);
      visit.chunk('{"error":{"message":"Try');
      await pause(10);
      visit.reset();
    },
    ...both(failure(503)),
  },
  {
    name: "502 as a web page",
    play: ({ visit }) => visit.reply(502, { "content-type": "text/html" }, PAGE),
    ...both(failure(502)),
  },
  {
    name: "200 as a web page",
    play: ({ visit }) => visit.reply(200, { "content-type": "text/html" }, PAGE),
    ...both({ kind: "error", status: 502, retryable: true }),
  },
  {
    name: "a status that is none",
    play: ({ visit, tongue, key }) => visit.reply(999, JSON_TYPE, tongue.error(key)),
    ...both(failure(502)),
  },
  { name: "hang before headers", play: () => {}, ...both(failure(504, "2110")) },
  {
    name: "hang before content",
    play: (stage) => {
      const { visit, tongue, stream } = stage;
      visit.begin(200, stream ? streamHeaders(stage) : JSON_TYPE);
      visit.chunk(stream ? tongue.head : tongue.whole.slice(0, 20));
    },
    ...both(failure(504, "2110")),
  },
  {
    name: "an error event first",
    play: (stage) => {
      stage.visit.begin(200, streamHeaders(stage));
      stage.visit.chunk(stage.tongue.errorEvent(stage.key));
      stage.visit.finish();
    },
    stream: failure(503),
  },
  {
    name: "a first chunk, then an error event",
    play: async (stage) => {
      stage.visit.begin(200, streamHeaders(stage));
      stage.visit.chunk(stage.tongue.head);
      await pause(2);
      stage.visit.chunk(stage.tongue.errorEvent(stage.key));
    },
    stream: failure(503),
  },
  {
    name: "an error inside a 200",
    play: ({ visit, tongue, key }) => visit.reply(200, JSON_TYPE, tongue.error(key)),
    ...both(failure(502)),
  },
  {
    name: "an error after content",
    play: async (stage) => {
      const { visit, tongue, key } = stage;
      visit.begin(200, streamHeaders(stage));
      visit.chunk(tongue.head + tongue.content);
      await pause(5);
      visit.chunk(tongue.errorEvent(key));
      visit.chunk(tongue.content + tongue.rest);
    },
    stream: broken(),
  },
  {
    name: "content and an error in one packet",
    play: (stage) => {
      const { visit, tongue, key } = stage;
      visit.begin(200, streamHeaders(stage));
      visit.chunk(tongue.head + tongue.content + tongue.errorEvent(key));
      visit.finish();
    },
    stream: broken(),
  },
  {
    name: "hang after content",
    play: (stage) => {
      stage.visit.begin(200, streamHeaders(stage));
      stage.visit.chunk(stage.tongue.head + stage.tongue.content);
    },
    stream: broken("2110"),
  },
  {
    name: "an end without a finish",
    play: (stage) => {
      const { visit, tongue } = stage;
      visit.begin(200, streamHeaders(stage));
      visit.chunk(tongue.head + tongue.content);
      visit.finish();
    },
    stream: broken("2111"),
  },
  {
    name: "an end before content",
    play: (stage) => {
      const { visit, tongue, stream } = stage;
      if (!stream) return visit.reply(200, JSON_TYPE, "");
      visit.begin(200, streamHeaders(stage));
      visit.chunk(tongue.head);
      visit.finish();
    },
    whole: failure(502, "2002"),
    stream: failure(502, "2111"),
  },
  {
    name: "a connection cut in the middle",
    play: async (stage) => {
      const { visit, tongue, stream } = stage;
      const half = tongue.whole.slice(0, 30);
      if (!stream) return visit.reply(200, JSON_TYPE, half, half.length + 100);
      visit.begin(200, streamHeaders(stage));
      visit.chunk(tongue.head + tongue.content);
      await pause(20);
      visit.reset();
    },
    whole: failure(502, "2111"),
    stream: broken("2111"),
  },
  {
    name: "one byte at a time",
    play: async (stage) => {
      stage.visit.begin(200, stage.stream ? streamHeaders(stage) : JSON_TYPE);
      await stage.visit.trickle(goodBytes(stage));
      stage.visit.finish();
    },
    ...both(GOOD),
  },
  {
    name: "gzip",
    play: (stage) => {
      const type = stage.stream ? streamHeaders(stage) : JSON_TYPE;
      const bytes = gzipSync(goodBytes(stage));
      stage.visit.reply(200, { ...type, "content-encoding": "gzip" }, bytes);
    },
    ...both(GOOD),
  },
  {
    name: "a redirect",
    play: ({ visit, key }) => visit.reply(302, { location: `http://localhost:9/?${key}` }, ""),
    ...both(failure(502, "2112", false)),
  },
];

/** A provider with nothing wrong. */
export function playWell(stage: Stage): void {
  const { visit, tongue, stream } = stage;
  if (!stream) return visit.reply(200, JSON_TYPE, tongue.whole);
  visit.begin(200, streamHeaders(stage));
  visit.chunk(tongue.head + tongue.content);
  visit.chunk(tongue.rest);
  visit.finish();
}
