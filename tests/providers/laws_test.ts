/** What holds for every provider of this protocol, whatever is asked and answered. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { isLoss } from "../../lib/chat/warning.ts";
import { fold } from "../../lib/chat/fold.ts";
import { unfold } from "../../lib/chat/unfold.ts";
import { openaiChat } from "../../lib/codecs/openai_chat/mod.ts";
import { isGatewayError } from "../../lib/errors.ts";
import { scanObject } from "../../lib/json/scan_object.ts";
import { PROVIDERS } from "../../lib/providers/registry.ts";
import { runStep } from "../../lib/stream/step.ts";
import { requests, responses } from "../codecs/openai_chat/arbitraries.ts";
import { bytesOf, cutBytes, relayText } from "../codecs/openai_chat/helpers.ts";
import { codecOf, DEFAULTS, type Json } from "./accent.ts";

const RUNS = { numRuns: 60 };
const openai = openaiChat();
const cuts = fc.array(fc.nat(4000), { maxLength: 20 });

/** `undefined` where the provider can't be asked this at all. */
function attempt<T>(task: () => T): T | undefined {
  try {
    return task();
  } catch (error) {
    if (isGatewayError(error)) return undefined;
    throw error;
  }
}

for (const [slug, provider] of PROVIDERS) {
  if (provider.codec.protocol !== openai.protocol) continue;
  const codec = codecOf(slug);

  test(`${slug}: a relayed request is the translated one`, () => {
    fc.assert(
      fc.property(requests, (request) => {
        const { model, stream } = request;
        const options = { model, stream };
        const { body: text } = openai.encodeRequest(request, options);
        const relayed = attempt(() => codec.relay.relayRequest(scanObject(text), options));
        const translated = attempt(() => codec.encodeRequest(request, options));
        const parsed = (encoded?: { body: string }): Json | undefined =>
          encoded && JSON.parse(encoded.body);
        assertEquals(parsed(relayed), parsed(translated));
      }),
      RUNS,
    );
  });

  test(`${slug}: what has been adapted once is right`, () => {
    fc.assert(
      fc.property(requests, (request) => {
        const options = { model: request.model, stream: request.stream };
        const once = attempt(() => codec.encodeRequest(request, options));
        if (once === undefined) return;
        const twice = codec.relay.relayRequest(scanObject(once.body), options);
        // A prefix stays one, and words for a schema are not taken back.
        assertEquals(twice.warnings.filter(isLoss), []);
        assertEquals(JSON.parse(twice.body), JSON.parse(once.body));
      }),
      RUNS,
    );
  });

  test(`${slug}: its stream folds to its whole answer, however it is cut`, () => {
    fc.assert(
      fc.property(responses, cuts, (response, places) => {
        const whole = codec.decodeResponse(openai.encodeResponse(response), DEFAULTS);
        const events = unfold(response);
        const text = runStep(openai.streamEncoder({ usage: true }), events).join("");
        const read = (pieces: Uint8Array[]) => fold(runStep(codec.streamDecoder(DEFAULTS), pieces));
        assertEquals(read(cutBytes(bytesOf(text), places)), whole);
        const make = () => codec.relay.relayStream({ usage: true }, DEFAULTS);
        const relayed = relayText(make(), bytesOf(text));
        assertEquals(relayText(make(), bytesOf(text), places), relayed);
      }),
      RUNS,
    );
  });
}
