/** Limits of a request that is passed on as it is, and of its answer, whose bytes are only looked at. */
import type { ByteSource } from "../byte_source.ts";
import type { Usage } from "../chat/response.ts";
import { estimatedUsage } from "../policy/cost.ts";
import type { Gate } from "../policy/limits/gate.ts";
import type { Metadata } from "../policy/metadata.ts";
import type { Run, RunContext } from "../routing/run.ts";
import type { ConfiguredProvider } from "../upstream/configured_provider.ts";
import { peekNative } from "../upstream/native_peek.ts";
import type { NativeAnswer, NativeRequest } from "../upstream/passthrough.ts";
import { fuller, usageReader } from "../upstream/usage_reader.ts";
import type { Admission } from "./admit.ts";
import type { HttpCall } from "./http_call.ts";
import { gateFor, isLimited, release, settle } from "./limits.ts";

/** What is asked, as far as limits want to know. */
export interface LimitedQuestion {
  call: HttpCall;
  admission: Admission;
  options: { metadata: Metadata };
  provider: ConfiguredProvider;
  model?: string;
  run: Run;
}

/** What limits know of a request. */
export interface NativeLimits {
  gate?: Gate;
  /** Which model it asks, where that can be read. */
  model?: string;
  /** Length of its body, as far as that is known. */
  characters?: number;
}

/** Methods that ask for what is there already: nothing is written for them. */
const FREE = new Set(["GET", "HEAD", "DELETE", "OPTIONS"]);

/** Reads the request where limits hold for it, and not otherwise. */
export function limitsOf(
  question: LimitedQuestion,
  request: NativeRequest,
  context: Pick<RunContext, "prices">,
): NativeLimits {
  const { call, admission, options, run, model: named } = question;
  if (!isLimited(admission)) return {};
  const { model = named, output, characters, fallbacks } = peekNative(request);
  const free = FREE.has(request.method);
  const reckoning = { characters, expects: () => output, fallbacks, free };
  const gate = gateFor(call, admission, options, run, context, reckoning);
  return { ...(gate !== undefined && { gate }), ...(model !== undefined && { model }), characters };
}

/** The body of an answer, whose end settles what was set aside for it; the bytes are the same. */
export function settledAtEnd(
  { status, headers, body }: NativeAnswer,
  { call, run, provider }: LimitedQuestion,
  { model = "", characters = 0 }: NativeLimits,
  context: Pick<RunContext, "defaults" | "prices" | "toldPrices">,
): ByteSource | null {
  if (!run.tab?.owes) return body;
  const target = { provider, model };
  // An error is no answer, nor is nothing at all, and costs nothing.
  if (status >= 300 || body === null) return watched(body, () => {}, () => release(call, run));
  const type = headers["content-type"] ?? "";
  const reads = run.tab.reckons && run.cached === undefined;
  const reader = reads ? usageReader(type, target, context.defaults) : undefined;
  return watched(body, (bytes) => reader?.push(bytes), (complete) => {
    const told = reader?.usage();
    // What nobody has counted to its end costs at least what was set aside, and what its length makes likely.
    const whole = told !== undefined && (complete || reader?.ended === true);
    const usage = whole ? told : fuller(told, reckoned(characters, reader?.written));
    settle(call, run, context, target, () => usage, whole);
  });
}

/** By its length, as requests are before anybody has counted. */
function reckoned(characters: number, written = 0): Usage | undefined {
  if (written === 0) return undefined;
  const { inputTokens: usual } = estimatedUsage(written);
  return estimatedUsage(characters, {}, usual);
}

/** The same bytes; tells of each in passing, and once when they are over, and whether all have come. */
export function watched(
  source: ByteSource | null,
  onBytes: (bytes: Uint8Array) => void,
  onEnd: (complete: boolean) => void,
): ByteSource | null {
  if (source === null) {
    onEnd(true);
    return null;
  }
  let over = false;
  const end = (complete: boolean) => {
    if (!over) onEnd(complete);
    over = true;
  };
  return {
    async next() {
      try {
        const bytes = await source.next();
        if (bytes === undefined) end(true);
        else onBytes(bytes);
        return bytes;
      } catch (error) {
        end(false);
        throw error;
      }
    },
    cancel() {
      end(false);
      source.cancel();
    },
  };
}
