/** A stream in the caller's own dialect: one output for one read, the very bytes wherever nothing changed. */
import type { AnswerDefaults, StreamWishes } from "../../chat/codec.ts";
import type { StreamProgress, StreamRelay } from "../../chat/stream_relay.ts";
import { EventBlocks } from "../../stream/sse.ts";
import { FaithfulEditor } from "./faithful_editor.ts";
import type { OpenAIChatProfile } from "./profile.ts";
import { RepairingEditor } from "./repairing_editor.ts";
import { faultOfStray } from "./stray_body.ts";
import type { StreamEditor } from "./stream_editor.ts";

const LF = 0x0a;

/** Relays one stream; see {@linkcode StreamRelay}. */
export function relayStream(
  profile: OpenAIChatProfile,
  wishes: StreamWishes,
  defaults: AnswerDefaults,
): StreamRelay {
  const progress: StreamProgress = { content: false, finished: false };
  const editor: StreamEditor = profile.faithful === true
    ? new FaithfulEditor(wishes, progress)
    : new RepairingEditor(wishes, defaults, progress);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const encoder = new TextEncoder();
  const blocks = new EventBlocks();
  let sawEvents = false;

  const edit = (block: string): string => {
    if (block === "" || progress.fault !== undefined) return "";
    sawEvents = true;
    return editor.edit(block);
  };

  return {
    progress,
    push(bytes) {
      const startsAligned = blocks.aligned;
      const complete = startsAligned && bytes.at(-1) === LF && bytes.at(-2) === LF;
      if (complete && editor.passesBytes(bytes)) return bytes;
      const block = blocks.push(decoder.decode(bytes, { stream: true }));
      const text = edit(block);
      if (text === "") return undefined;
      // Ending in LF, the read can't have left half a character in the decoder either.
      const whole = startsAligned && blocks.aligned && bytes[bytes.length - 1] === LF;
      return whole && text === block ? bytes : encoder.encode(text);
    },
    end() {
      const last = blocks.push(decoder.decode()) + blocks.end();
      if (!sawEvents) progress.fault = faultOfStray(last);
      const text = edit(last) + (progress.fault === undefined ? editor.end() : "");
      return text === "" ? undefined : encoder.encode(text);
    },
  };
}
