import type { Losses } from "../../chat/losses.ts";
import { sha256Hex } from "../../digest.ts";

/**
 * Ids of calls as a model takes them, each once in a conversation. An id that is neither becomes a digest of
 * itself, so that it is the same one in every later turn.
 */
export class CallIds {
  readonly #valid: RegExp;
  readonly #losses: Losses;
  readonly #taken = new Set<string>();

  constructor(pattern: string, losses: Losses) {
    this.#valid = new RegExp(pattern);
    this.#losses = losses;
  }

  /** The id under which a call is sent. */
  take(id: string): string {
    let sent = id;
    for (let salt = 0; !this.#valid.test(sent) || this.#taken.has(sent); salt++) {
      sent = this.#made(salt === 0 ? id : `${id}#${salt}`);
    }
    this.#taken.add(sent);
    if (sent !== id) this.#losses.report({ kind: "renamed", param: "messages.tool_calls.id" });
    return sent;
  }

  /** Mistral's models want nine letters and digits, everybody else takes a readable name. */
  #made(text: string): string {
    const digest = sha256Hex(text);
    const named = `tooluse_${digest.slice(0, 24)}`;
    return this.#valid.test(named) ? named : digest.slice(0, 9);
  }
}
