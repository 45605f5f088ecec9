/** `POST …/messages`. */
import { anthropicMessages } from "../../codecs/anthropic_messages/mod.ts";
import { answerChat, answerQuestion, type Question } from "../answer_chat.ts";
import type { Endpoint } from "../http_call.ts";
import type { Reply } from "../incoming.ts";

const caller = anthropicMessages();

/** Chat in Anthropic's dialect. */
export const messages: Endpoint = (call) => answerChat(call, caller, "msg_");

/** The same for whoever has read the request. */
export const answerMessage = (question: Question): Promise<Reply> =>
  answerQuestion(question, caller, "msg_");
