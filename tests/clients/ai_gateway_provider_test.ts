/**
 * Cloudflare's own package for the AI SDK on a gateway's binding, one topic a file. They share a process, since
 * loading the packages takes seconds.
 */
import "./ai_gateway_provider/unified.ts";
import "./ai_gateway_provider/natives.ts";
import "./ai_gateway_provider/responses.ts";
import "./ai_gateway_provider/fallbacks.ts";
import "./ai_gateway_provider/abort.ts";
