/** Parallel: takes anything, heeds little of it, counts nothing, and names its sources in `basis`. */
import type { Accent, Fault, Json } from "./accent.ts";
import { plainText, roles, schemaEnvelope } from "./rules.ts";

const misshapen = (param: string, message: string): Fault => ({ status: 422, message, param });

const BASIS = [{
  field: "output",
  reasoning: "Both pages say so.",
  citations: [{ title: "Tides", url: "https://harbour.example/tides", excerpts: ["High at six."] }],
  confidence: "high",
}];

export const parallel: Accent = {
  slug: "parallel",
  models: ["base", "speed"],
  key: "parharbour1234567890",
  base: "",
  paths: ["/chat/completions", "/v1beta/chat/completions"],
  opens: (headers, key) =>
    headers.authorization === `Bearer ${key}` || headers["x-api-key"] === key,
  badKey: { status: 401, message: "Unauthorized: invalid or missing credentials" },
  unknownModel: (model) => ({ status: 404, message: `There is no processor ${model}` }),
  rules: [
    roles(
      "system user assistant",
      (role, at) => misshapen(`messages.${at}.role`, `No such role: ${role}`),
    ),
    plainText(
      "system user assistant",
      (_, at) => misshapen(`messages.${at}.content`, "Input should be a valid string"),
    ),
    schemaEnvelope(misshapen("response_format.json_schema", "Field required")),
  ],
  envelope: ({ status, message, param }): Json =>
    status === 422
      ? {
        detail: [{ type: "value_error", loc: ["body", ...(param ?? "").split(".")], msg: message }],
      }
      : { type: "error", error: { ref_id: "00000000-0000-4000-8000-000000000007", message } },
  callIds: ["", ""],
  voice: {
    id: "4b1c1f3e-0000-4000-8000-harbour",
    frame: { service_tier: null, system_fingerprint: null, usage: null },
    choice: { logprobs: null },
    message: { refusal: null, function_call: null, tool_calls: null },
    everyDelta: { refusal: null, function_call: null, tool_calls: null },
    thought: () => ({}),
    callDeltas: () => [],
    usage: () => null,
    counting: (chunks) => chunks,
    edit: (chunks) => [...chunks.slice(0, -1), { ...chunks.at(-1), basis: BASIS }],
    editWhole: (answer) => ({ ...answer, basis: BASIS, interaction_id: "i-7" }),
  },
};
