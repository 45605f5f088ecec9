/** Between a protocol's words for why an answer ended and the neutral ones. */
import type { Finish } from "./event.ts";
import type { Choice, FinishReason } from "./response.ts";

/** Both directions of one protocol. */
export interface FinishWords {
  /** The protocol's word, if there was one → the neutral one, with the word itself where it says more. `called`: tools are. */
  decode(word: string | undefined, called: boolean): Finish;
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
    decode(given, called) {
      const word = given ?? words.stop;
      const plain = (isKnown(word) ? reasons[word] : undefined) ?? "stop";
      const reason = plain === "stop" && called ? "tool_call" : plain;
      return {
        reason,
        ...(words[reason] !== word && { native: word }),
        ...((given === undefined || !isKnown(word)) && { doubtful: true }),
      };
    },
    encode: (reason, native) => native !== undefined && isKnown(native) ? native : words[reason],
  };
}

/** How a choice ended, in the members it has itself. */
export function finished(
  { reason, native, doubtful }: Finish,
): Pick<Choice, "finishReason" | "nativeFinishReason" | "doubtful"> {
  return {
    finishReason: reason,
    ...(native !== undefined && { nativeFinishReason: native }),
    ...(doubtful && { doubtful }),
  };
}
