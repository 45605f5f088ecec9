/** `POST …/chat/completions`. */
import { openaiChat } from "../../codecs/openai_chat/mod.ts";
import { answerChat, answerQuestion, type Question } from "../answer_chat.ts";
import type { Endpoint } from "../http_call.ts";
import type { Reply } from "../incoming.ts";

const caller = openaiChat();

/** Chat in OpenAI's dialect. */
export const chatCompletions: Endpoint = (call) => answerChat(call, caller, "chatcmpl-");

/** The same for whoever has read the request. */
export const completeChat = (question: Question): Promise<Reply> =>
  answerQuestion(question, caller, "chatcmpl-");
