import type { StreamWishes } from "../chat/codec.ts";
import { type StreamRelay, translateStream } from "../chat/stream_relay.ts";
import { unfold } from "../chat/unfold.ts";
import { GatewayError } from "../errors.ts";
import type { FetchedResponse } from "../fetch_like.ts";
import { runStep } from "../stream/step.ts";
import { utf8Bytes } from "../stream/utf8.ts";
import type { OpenedStream } from "./answer.ts";
import { copiedStream, copyText } from "./answer_copy.ts";
import { costTeller } from "./cost_teller.ts";
import { dialectOf } from "./dialect.ts";
import { answerHeaders } from "./headers.ts";
import { brokenOff, refusedBy, withProvider } from "./provider_error.ts";
import type { RunningCall } from "./running_call.ts";
import type { Target } from "./target.ts";
import { awaited, listenedTo, tellTurns } from "./tell_turns.ts";

/** One JSON text; `application/x-ndjson` and the like are streams. */
const WHOLE_JSON = /^application\/(?:problem\+)?json\s*(?:;|$)/i;

/** Bytes kept while waiting for content: comments and first chunks are short, an endless flow of them is no answer. */
const LONGEST_HEAD = 2 ** 20;

/**
 * Reads a stream until it shows content. An error event, an early end or a broken connection before that
 * is thrown like any failed call.
 */
export async function openStream(
  call: RunningCall,
  response: FetchedResponse,
): Promise<OpenedStream> {
  const contentType = response.headers.get("content-type") ?? "";
  if (WHOLE_JSON.test(contentType)) return await openWholeAnswer(call, response);
  const { target } = call;
  if (contentType.includes("html")) {
    const provider = target.provider.definition.slug;
    throw new GatewayError(2002, `${provider} answered with a web page`, { provider });
  }
  const relay = relayFor(call, contentType);
  const head: Uint8Array[] = [];
  let size = 0;
  let ended = false;
  while (!relay.progress.content && !ended) {
    const value = await call.read(response);
    call.heardNoContent();
    ended = value === undefined;
    const bytes = advance(relay, target, value);
    if (bytes === undefined) continue;
    head.push(bytes);
    size += bytes.length;
    if (size > LONGEST_HEAD && !relay.progress.content) throw headTooLong(target);
  }
  if (ended && !relay.progress.finished) throw brokenOff(target);
  return opened(call, response, relay, head, ended);
}

function headTooLong(target: Target): GatewayError {
  const provider = target.provider.definition.slug;
  const what = `${provider} sent more than ${LONGEST_HEAD} bytes without any content`;
  return new GatewayError(2002, what, { provider });
}

/** One read through the relay, `undefined` standing for the end of the stream. */
function advance(relay: StreamRelay, target: Target, value?: Uint8Array): Uint8Array | undefined {
  try {
    const bytes = value === undefined ? relay.end() : relay.push(value);
    const { fault, content } = relay.progress;
    // Content and a fault in one read: the content has been written, so the fault comes after it.
    if (fault !== undefined && !content) throw refusedBy(target, fault);
    return bytes;
  } catch (error) {
    throw withProvider(target, error);
  }
}

function relayFor(call: RunningCall, contentType: string): StreamRelay {
  const { copy } = call;
  const relay = ownRelay(call);
  return copy === undefined ? relay : copiedStream(relay, contentType, copy);
}

function ownRelay(call: RunningCall): StreamRelay {
  const { asker, target, context: { defaults, turns } } = call;
  const { codec, relay } = dialectOf(asker, target);
  const wishes = wishesOf(call);
  const own = relay?.relayStream(wishes, defaults);
  if (own !== undefined && turns === undefined) return own;
  const decoder = codec.streamDecoder(defaults);
  const heard = turns === undefined ? decoder : listenedTo(decoder, turns);
  const stream = own ?? translateStream(heard, asker.caller.streamEncoder(wishes));
  return turns === undefined ? stream : awaited(stream, turns, own && heard);
}

function wishesOf(call: RunningCall): StreamWishes {
  const cost = costTeller(call);
  const { wishes } = call.asker;
  return cost === undefined ? wishes : { ...wishes, cost };
}

/** Some providers answer a streamed request with one JSON body, an error above all. */
async function openWholeAnswer(
  call: RunningCall,
  response: FetchedResponse,
): Promise<OpenedStream> {
  const { asker, target, context, copy } = call;
  const text = await call.text(response);
  try {
    const answer = dialectOf(asker, target).codec.decodeResponse(text, context.defaults);
    if (context.turns !== undefined) tellTurns(answer, context.turns);
    const events = runStep(asker.caller.streamEncoder(wishesOf(call)), unfold(answer));
    const { usage, model } = answer;
    if (copy !== undefined) copyText(copy, text);
    const relay = {
      progress: { content: true, finished: true, usage, model },
      push: () => undefined,
      end: () => undefined,
    };
    return opened(call, response, relay, [utf8Bytes(events.join(""))], true);
  } catch (error) {
    throw withProvider(target, error);
  }
}

function opened(
  call: RunningCall,
  response: FetchedResponse,
  relay: StreamRelay,
  head: Uint8Array[],
  ended: boolean,
): OpenedStream {
  const { target, warnings } = call;
  const headers = answerHeaders(response);
  return { kind: "stream", call, response, target, warnings, headers, relay, head, ended };
}
