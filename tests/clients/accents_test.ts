/**
 * OpenAI's own client in front of thirteen providers, each imitated with its own strictness and its own
 * ways of answering. They share a process, since loading the client takes a second.
 */
import "./accents/imitations.ts";
import "./accents/chat.ts";
import "./accents/usage.ts";
import "./accents/tools.ts";
import "./accents/schema.ts";
import "./accents/reasoning.ts";
import "./accents/messages.ts";
import "./accents/quirks.ts";
import "./accents/warnings.ts";
import "./accents/errors.ts";
import "./accents/addresses.ts";
import "./accents/anything_asked.ts";
import "./accents/anything_said.ts";
import "./accents/cases_tools.ts";
import "./accents/cases_finish.ts";
import "./accents/cases_usage.ts";
