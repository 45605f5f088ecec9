/**
 * OpenAI's own client in conversations with the strict imitations of providers that have a protocol of their
 * own, or want something of a history. They share a process, since loading the client takes a second.
 */
import "./conversations/imitations.ts";
import "./conversations/staying.ts";
import "./conversations/forgetting.ts";
import "./conversations/moving.ts";
import "./conversations/anthropic_caller.ts";
import "./conversations/usage.ts";
