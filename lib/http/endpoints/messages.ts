/** `POST …/messages`. */
import { anthropicMessages } from "../../codecs/anthropic_messages/mod.ts";
import { answerChat } from "../answer_chat.ts";
import type { Endpoint } from "../http_call.ts";

const caller = anthropicMessages();

/** Chat in Anthropic's dialect. */
export const messages: Endpoint = (call) => answerChat(call, caller, "msg_");
