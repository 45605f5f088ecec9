import type { Step } from "./step.ts";

/**
 * A step as a WHATWG TransformStream, for programs that pipe. An error thrown by the step errors
 * the stream.
 *
 * @example
 * ```ts
 * import { StepStream } from "dragoman/codecs/openai_chat";
 *
 * const upper = { push: (text: string) => [text.toUpperCase()], end: () => ["!"] };
 * const words = new Response("to be").body!
 *   .pipeThrough(new TextDecoderStream())
 *   .pipeThrough(new StepStream(upper));
 * console.log((await Array.fromAsync(words)).join("")); // TO BE!
 * ```
 */
export class StepStream<In, Out> extends TransformStream<In, Out> {
  /** Runs `step`, which serves one stream only. */
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
