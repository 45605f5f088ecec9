/**
 * OpenAI's own client against every door, one topic a file. They share a process, since loading the
 * client takes a second.
 */
import "./openai_sdk/upstream.ts";
import "./openai_sdk/chat.ts";
import "./openai_sdk/stream.ts";
import "./openai_sdk/tools.ts";
import "./openai_sdk/errors.ts";
import "./openai_sdk/retries.ts";
import "./openai_sdk/abort.ts";
import "./openai_sdk/keys.ts";
import "./openai_sdk/limits.ts";
import "./openai_sdk/ollama.ts";
