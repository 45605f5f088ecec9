/** What one imitated provider declares: what it refuses, how it speaks, and what it heard. */
import type { Json } from "../scripted_upstream.ts";

export type { Json };

/** A request as it arrived; the path is without the provider's own first segment. */
export interface Asked {
  path: string;
  headers: Readonly<Record<string, string | undefined>>;
  body: Json;
}

/** A refusal, before the provider's envelope is put around it. */
export interface Fault {
  status: number;
  message: string;
  /** The provider's name for the kind. */
  type?: string;
}

/** A call the model makes; the provider gives it an id of its own form. */
export interface Called {
  name: string;
  args: Json;
}

/** What the model does next. */
export interface Turn {
  /** Only those who think, and were asked to, say it. */
  thought?: string;
  text?: string;
  calls?: readonly Called[];
}

/** The bytes of an answer, in the pieces in which they are written. */
export interface Spoken {
  status: number;
  type: string;
  headers?: Record<string, string>;
  pieces: (string | Uint8Array)[];
}

/** A provider as strict as the real one. Ids and signatures follow from what is said: it remembers nothing. */
export interface Native {
  /** The name of the imitation, and its first path segment. */
  name: string;
  /** The provider it stands for. */
  slug: string;
  /** Its model, with the provider's prefix. */
  model: string;
  key: string;
  /** What the base URL ends with. */
  base: string;
  /** Its thoughts are told to the caller. */
  thinks: boolean;
  /** Says nothing beside its calls. */
  tersely?: true;
  /** Whose signatures it takes, where it signs: Claude's are the same on every platform. */
  signs?: "claude" | "gemini";
  /** What is wrong with a request: its path, its key, its body. */
  judge(asked: Asked): Fault | undefined;
  refuse(fault: Fault): Spoken;
  /** `serial` numbers the answers, so that no id comes twice. */
  speak(turn: Turn, asked: Asked, serial: number): Spoken;
  /** What it was told of the conversation, a line for everything said: `user: …`, `tide {}`, `= 6 m`. */
  retell(body: Json): string[];
}
