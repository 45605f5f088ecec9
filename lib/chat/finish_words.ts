/** Between a protocol's words for why an answer ended and the neutral ones. */
import type { FinishReason } from "./response.ts";

/** Both directions of one protocol. */
export interface FinishWords {
  /** The protocol's word → the neutral one, with the word itself where it says more. `called`: tools are. */
  decode(word: string, called: boolean): { reason: FinishReason; native?: string };
  /** The neutral reason → the protocol's word, the very one it came from where it knows that. */
  encode(reason: FinishReason, native: string | undefined): string;
}

/** `reasons`: what each word means; every other is a stop. `words`: the usual word for each reason. */
export function finishWords(
  reasons: Readonly<Record<string, FinishReason>>,
  words: Readonly<Record<FinishReason, string>>,
): FinishWords {
  const isKnown = (word: string) => Object.hasOwn(reasons, word);
  return {
    decode(word, called) {
      const plain = (isKnown(word) ? reasons[word] : undefined) ?? "stop";
      const reason = plain === "stop" && called ? "tool_call" : plain;
      return words[reason] === word ? { reason } : { reason, native: word };
    },
    encode: (reason, native) => native !== undefined && isKnown(native) ? native : words[reason],
  };
}
