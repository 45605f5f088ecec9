/** A stream in the caller's own dialect: one output for one read, the very bytes wherever nothing changed. */
import type { AnswerDefaults, StreamWishes } from "../../chat/codec.ts";
import type { StreamProgress, StreamRelay } from "../../chat/stream_relay.ts";
import { FaithfulEditor } from "./faithful_editor.ts";
import type { OpenAIChatProfile } from "./profile.ts";
import { RawRelay } from "./raw_relay.ts";
import { RepairingEditor } from "./repairing_editor.ts";
import { TextRelay } from "./text_relay.ts";

/** Relays one stream; see {@linkcode StreamRelay}. */
export function relayStream(
  profile: OpenAIChatProfile,
  wishes: StreamWishes,
  defaults: AnswerDefaults,
): StreamRelay {
  const progress: StreamProgress = { content: false, finished: false };
  if (profile.faithful !== true) {
    return new TextRelay(new RepairingEditor(profile, wishes, defaults, progress), progress);
  }
  const editor = new FaithfulEditor(wishes, progress);
  const text = new TextRelay(editor, progress);
  return wishes.usage && wishes.cost === undefined ? new RawRelay(text, editor) : text;
}
