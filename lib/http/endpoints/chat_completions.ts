/** `POST …/chat/completions`. */
import { openaiChat } from "../../codecs/openai_chat/mod.ts";
import { answerChat } from "../answer_chat.ts";
import type { Endpoint } from "../http_call.ts";

const caller = openaiChat();

/** Chat in OpenAI's dialect. */
export const chatCompletions: Endpoint = (call) => answerChat(call, caller, "chatcmpl-");
