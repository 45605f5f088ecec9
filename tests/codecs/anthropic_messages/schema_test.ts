/** Everything that is written, checked by Anthropic's own schemas. */
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { unfold } from "../../../lib/chat/unfold.ts";
import { runStep } from "../../../lib/stream/step.ts";
import {
  requests as openaiRequests,
  responses as openaiResponses,
} from "../openai_chat/arbitraries.ts";
import { NO_SPECS, requestSchema, schemaOf } from "../../support/specs/mod.ts";
import { requests, responses } from "./arbitraries.ts";
import { claude, type Json } from "./helpers.ts";

const FILE = "anthropic.openapi.yaml";
const RUNS = { numRuns: 500 };
const MODELS = [
  "claude-3-haiku-20240307",
  "claude-3-7-sonnet-20250219",
  "claude-sonnet-4-5-20250929",
  "claude-opus-4-6",
  "claude-opus-5",
  "claude-opus-5-5",
];

test("requests of Anthropic's and of OpenAI's dialect are valid, for every generation of models", (t) => {
  const settled = requestSchema("anthropic");
  // Files that were uploaded before are still a beta.
  const beta = requestSchema("anthropic-beta");
  if (settled === undefined || beta === undefined) return t.skip(NO_SPECS);
  const models = fc.constantFrom(...MODELS);
  fc.assert(
    fc.property(fc.oneof(requests, openaiRequests), models, (request, model) => {
      const { body } = claude.encodeRequest(request, { model, stream: request.stream });
      const sent = JSON.parse(body) as Json;
      const fault = body.includes('"file_id"') ? beta : settled;
      assertEquals(fault(sent), undefined);
      assertEquals(unanswered(sent), []);
    }),
    RUNS,
  );
});

/** Calls without a result at the beginning of the next turn. */
function unanswered({ messages }: Json): unknown[] {
  const turns = (messages as { content: string | Json[] }[]).map(({ content }) =>
    typeof content === "string" ? [] : content
  );
  return turns.flatMap((blocks, at) => {
    const calls = blocks.filter(({ type }) => type === "tool_use").map(({ id }) => id);
    const next = (turns[at + 1] ?? []).slice(0, calls.length).map(({ tool_use_id }) => tool_use_id);
    return calls.filter((id) => !next.includes(id));
  });
}

test("answers and every event of a stream are valid, whoever gave them", (t) => {
  const whole = schemaOf(FILE, "Message", "as written");
  const event = schemaOf(FILE, "MessageStreamEvent", "as written");
  if (whole === undefined || event === undefined) return t.skip(NO_SPECS);
  fc.assert(
    fc.property(fc.oneof(responses, openaiResponses), (response) => {
      // The document does not have all reasons that the API gives.
      const [choice] = response.choices;
      fc.pre(choice?.nativeFinishReason !== "model_context_window_exceeded");
      assertEquals(whole(JSON.parse(claude.encodeResponse(response))), undefined);
      for (const text of runStep(claude.streamEncoder({ usage: true }), unfold(response))) {
        assertEquals(event(JSON.parse(text.split("\ndata: ")[1]!)), undefined);
      }
    }),
    RUNS,
  );
});
