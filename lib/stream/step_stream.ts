import type { Step } from "./step.ts";

/**
 * A step as a WHATWG TransformStream, for programs that pipe. An error thrown by the step errors
 * the stream.
 *
 * @example
 * ```ts
 * const events = response.body.pipeThrough(new StepStream(sseDecoder()));
 * ```
 */
export class StepStream<In, Out> extends TransformStream<In, Out> {
  constructor(step: Step<In, Out>) {
    super({
      transform(item, controller) {
        for (const out of step.push(item)) controller.enqueue(out);
      },
      flush(controller) {
        for (const out of step.end()) controller.enqueue(out);
      },
    });
  }
}
