/** Errors in the caller's own shape. */
import { anthropicMessages } from "../codecs/anthropic_messages/mod.ts";
import { openaiChat } from "../codecs/openai_chat/mod.ts";
import { workersAiRun } from "../codecs/workers_ai_run/mod.ts";
import { ERROR_CATALOGUE } from "../error_catalogue.ts";
import { GatewayError, isGatewayError } from "../errors.ts";
import type { ErrorDialect } from "./http_call.ts";
import type { Reply } from "./incoming.ts";

const openai = openaiChat();
const anthropic = anthropicMessages();
const workersAi = workersAiRun(openai);

/** A defect of ours is told without its details: they may quote what nobody should see. */
export function asGatewayError(error: unknown): GatewayError {
  if (isGatewayError(error)) return error;
  return new GatewayError(2115, "The gateway failed; this is a defect, please report the log id", {
    cause: error,
  });
}

/** The whole answer for an error. */
export function errorReply(error: GatewayError, dialect: ErrorDialect, logId: string): Reply {
  return {
    status: error.status,
    headers: {
      ...error.headers,
      "content-type": "application/json",
      ...(clientsRetry(error.status) && !error.retryable ? { "x-should-retry": "false" } : {}),
      "dragoman-error-source": error.fault === undefined ? "gateway" : "provider",
    },
    body: WRITERS[dialect](error, logId),
  };
}

/** What the OpenAI SDKs try again on their own; `x-should-retry` tells them where that is in vain. */
function clientsRetry(status: number): boolean {
  return status >= 500 || [408, 409, 429].includes(status);
}

const WRITERS: Record<ErrorDialect, (error: GatewayError, logId: string) => string> = {
  openai: (error) => openai.encodeError(error),
  anthropic: (error, logId) => anthropic.encodeError(error, logId),
  cloudflare: cloudflareError,
  workers_ai: (error) => workersAi.encodeError(error),
};

/** The envelope that `ai-gateway-provider` parses. */
function cloudflareError({ code, status, message }: GatewayError): string {
  return JSON.stringify({
    success: false,
    result: [],
    messages: [],
    error: [{ code, message }],
    name: "AiGatewayError",
    httpCode: status,
    internalCode: code,
    message,
    description: ERROR_CATALOGUE[code].cause,
  });
}
