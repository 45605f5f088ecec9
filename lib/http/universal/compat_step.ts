/** A step whose provider is `compat`: the Unified API, with all its models, routes and custom providers. */
import { GatewayError } from "../../errors.ts";
import { scanObject } from "../../json/scan_object.ts";
import type { Question } from "../answer_chat.ts";
import { completeChat } from "../endpoints/chat_completions.ts";
import { embed } from "../endpoints/embeddings.ts";
import { answerMessage } from "../endpoints/messages.ts";
import type { ErrorDialect } from "../http_call.ts";
import type { Reply } from "../incoming.ts";
import { headersFor } from "./entry.ts";
import type { Step, StepParts } from "./step.ts";

interface Served {
  dialect: ErrorDialect;
  answer(question: Question): Promise<Reply>;
}

const chat: Served = { dialect: "openai", answer: completeChat };

/** As below `/compat`; `chat/completion` stands in Cloudflare's documentation. */
const SERVED: ReadonlyMap<string, Served> = new Map([
  ["chat/completions", chat],
  ["chat/completion", chat],
  ["embeddings", { dialect: "openai", answer: embed }],
  ["messages", { dialect: "anthropic", answer: answerMessage }],
]);

/** Makes the step; throws 2103 for an endpoint that is not served. */
export function compatStep({ entry, call, admission, options }: StepParts): Step {
  const [path = ""] = entry.endpoint.split("?");
  const served = SERVED.get(path.replace(/^v1\//, ""));
  if (served === undefined) {
    const known = [...SERVED.keys()].filter((name) => name !== "chat/completion").join(", ");
    throw new GatewayError(2103, `The endpoint of provider compat must be one of ${known}`, {
      param: "endpoint",
    });
  }
  const headers = headersFor(entry, call.incoming.headers);
  return {
    name: `compat ${path}`,
    dialect: served.dialect,
    options,
    ask: async (run, { last }) => {
      const body = scanObject(entry.query);
      const admitted = last ? admission : { ...admission, gateway: patient(admission.gateway) };
      return await served.answer({ call, admission: admitted, options, headers, body, run });
    },
  };
}

/** Waits for content however long it takes: what is answered must be known before the headers are. */
function patient<T extends { timeouts: { commit: number } }>(gateway: T): T {
  return { ...gateway, timeouts: { ...gateway.timeouts, commit: 0 } };
}
