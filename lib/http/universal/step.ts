/** A step of the universal endpoint, checked and ready to be asked. */
import type { Run } from "../../routing/run.ts";
import type { Admission } from "../admit.ts";
import type { ErrorDialect, HttpCall } from "../http_call.ts";
import type { Reply } from "../incoming.ts";
import type { RequestOptions } from "../request_options.ts";
import type { Entry } from "./entry.ts";

/** What a step is made of. */
export interface StepParts {
  entry: Entry;
  call: HttpCall;
  /** Who asks, with the provider key that this step may use. */
  admission: Admission;
  options: RequestOptions;
}

/** One of the things to try. */
export interface Step {
  /** For the list of what was tried: `compat chat/completions`. */
  name: string;
  /** In which shape its caller reads errors. */
  dialect: ErrorDialect;
  /** What its headers ask for. */
  options: RequestOptions;
  /** Answers, or throws the `GatewayError` because of which the next step is asked. */
  ask(run: Run, turn: Turn): Promise<Reply>;
}

/** When a step is asked. */
export interface Turn {
  /** Nobody is asked after it, so headers may be sent before it is known how it ends. */
  last: boolean;
  /** Nobody was asked before it either, so a provider's error is told in the provider's own words. */
  only: boolean;
}
