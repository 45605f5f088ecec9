import type { ProviderFault } from "../errors.ts";
import type { Step } from "../stream/step.ts";
import { utf8Bytes } from "../stream/utf8.ts";
import type { ChatEvent } from "./event.ts";
import type { Part } from "./request.ts";
import type { Usage } from "./response.ts";

/** What is known of a streamed answer so far. */
export interface StreamProgress {
  /** Something has arrived that a person or a program would read: from here on there is no other provider. */
  content: boolean;
  /** The provider has said that its answer is complete. */
  finished: boolean;
  /** Its protocol's own end mark has come, after which nothing does: many clients leave before the connection ends. */
  ended?: boolean;
  /** The provider said, inside the stream, that it failed; nothing after it is passed on. */
  fault?: ProviderFault;
  /** The latest counts. */
  usage?: Usage;
  /** What the provider says served it. */
  model?: string;
}

/**
 * Turns a provider's stream into the caller's, one read at a time: one output for one input, since a
 * stream hop costs more than parsing. Outputs end at event boundaries, so a comment or an error event
 * may follow any of them. A fault is kept in `progress`, never written: whoever runs the relay decides
 * between another attempt and an error event.
 */
export interface StreamRelay {
  /** Takes one read and gives what is ready for the caller. */
  push(bytes: Uint8Array): Uint8Array | undefined;
  /** The provider's stream has ended; without `finished` it was cut off. */
  end(): Uint8Array | undefined;
  /** Changes with every read. */
  readonly progress: Readonly<StreamProgress>;
  /** What must be done before the latest output goes out; never rejects. */
  readonly pending?: Promise<void> | undefined;
}

/** Through the neutral language: any provider's stream to any caller's. `bytesOfText`: as the caller's codec says. */
export function translateStream(
  decoder: Step<Uint8Array, ChatEvent>,
  encoder: Step<ChatEvent, string>,
  bytesOfText: (text: string) => Uint8Array = utf8Bytes,
): StreamRelay {
  const progress: StreamProgress = { content: false, finished: false };
  const bytesOf = (text: string) => text === "" ? undefined : bytesOfText(text);
  const passes = watch(progress);
  const feed = (events: ChatEvent[]) => {
    let text = "";
    for (const event of events) {
      if (!passes(event)) continue;
      for (const piece of encoder.push(event)) text += piece;
    }
    return text;
  };
  return {
    progress,
    push: (bytes) => bytesOf(feed(decoder.push(bytes))),
    end() {
      const last = feed(decoder.end());
      // The dialect's end mark belongs to complete answers only.
      return bytesOf(progress.finished ? last + encoder.end().join("") : last);
    },
  };
}

/** Notes what each event means, and says whether it may pass: nothing does from a fault on. */
export function watch(progress: StreamProgress): (event: ChatEvent) => boolean {
  const openChoices = new Set<number>();
  return (event) => {
    if (progress.fault !== undefined) return false;
    switch (event.type) {
      case "start":
        progress.model = event.model;
        break;
      case "part-start":
        openChoices.add(event.choice);
        if (isContent(event.part)) progress.content = true;
        break;
      case "part-delta":
        if (event.delta !== "" || event.signature !== undefined) progress.content = true;
        break;
      case "finish":
        openChoices.delete(event.choice);
        progress.content = true; // an empty answer is an answer
        progress.finished = openChoices.size === 0;
        break;
      case "usage":
        progress.usage = event.usage;
        break;
      case "error":
        progress.fault = event.fault;
        return false;
    }
    return true;
  };
}

function isContent(part: Part): boolean {
  return !("content" in part) || part.content !== "";
}
