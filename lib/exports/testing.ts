/**
 * A scripted provider for tests of programs that talk to models: no network, no key, and it misbehaves when told to.
 *
 * @example An answer that breaks off
 * ```ts
 * import { scriptedProvider, text, truncated } from "dragoman/testing";
 *
 * const provider = scriptedProvider([truncated(text("Once upon a time"), 2)]);
 * const answer = await provider.fetch("https://api.openai.com/v1/chat/completions", {
 *   method: "POST",
 *   body: JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content: "Tell!" }] }),
 * });
 * const stream = await answer.text();
 * console.log(stream.includes(" upon"), stream.includes("[DONE]")); // true false
 * ```
 *
 * @example A provider that is slow, and a caller who is not patient
 * ```ts
 * import { delayed, scriptedProvider, text } from "dragoman/testing";
 *
 * const provider = scriptedProvider([delayed(60_000, text("Too late"))]);
 * const signal = AbortSignal.timeout(10);
 * const failed = await provider.fetch("https://api.openai.com/v1/chat/completions", {
 *   method: "POST",
 *   body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hello" }] }),
 *   signal,
 * }).catch((error) => error);
 * console.log(failed.name, provider.last.cancelled); // TimeoutError true
 * ```
 *
 * @module
 */
export * from "../testing/turns.ts";
export type * from "../testing/turn.ts";
export {
  type ScriptedInit,
  type ScriptedProvider,
  scriptedProvider,
  type ScriptedProviderOptions,
  type ScriptStep,
} from "../testing/scripted_provider.ts";
export type { ScriptedRequest } from "../testing/visit.ts";
export type { Clock } from "../clock.ts";
export type * from "../chat/mod.ts";
