import { sha256Hex } from "../../digest.ts";
import type { Losses } from "../../chat/losses.ts";

const VALID = /^[a-zA-Z0-9_-]+$/;

/**
 * Ids of calls as Anthropic takes them: of letters, digits, `_` and `-`, each once in a conversation. An
 * id that is neither becomes a digest of itself, so that it is the same one in every later turn.
 */
export class ToolUseIds {
  readonly #taken = new Set<string>();
  readonly #losses: Losses;

  constructor(losses: Losses) {
    this.#losses = losses;
  }

  /** The id under which a call is sent. */
  take(id: string): string {
    let sent = id;
    for (let salt = 0; !VALID.test(sent) || this.#taken.has(sent); salt++) {
      sent = `toolu_${sha256Hex(salt === 0 ? id : `${id}#${salt}`).slice(0, 24)}`;
    }
    this.#taken.add(sent);
    if (sent !== id) this.#losses.report({ kind: "renamed", param: "messages.tool_calls.id" });
    return sent;
  }
}
