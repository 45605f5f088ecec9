import type { ConfiguredProvider } from "../../upstream/configured_provider.ts";
import { VERSION } from "../../version.ts";
import { guardOpenGateway } from "../guards.ts";
import type { Endpoint } from "../http_call.ts";

/** A short page for people: what this is, who is ready, and one request to copy. */
export const landing: Endpoint = ({ core, incoming, url }) => {
  const { settings, loopback } = core;
  const gateway = settings.gateways.get("default");
  if (gateway !== undefined) guardOpenGateway(incoming, url, gateway, settings, loopback);
  const open = gateway?.open ?? false;
  const lines = [`Dragoman ${VERSION}: one OpenAI-compatible door to every model provider.`, ""];
  if (open) {
    const names = [...settings.providers.values()].filter(isReady);
    lines.push(`Ready: ${names.map(({ definition }) => definition.slug).join(", ") || "none"}`, "");
  }
  const key = open ? "" : ` \\\n  -H 'cf-aig-authorization: Bearer <access key>'`;
  const model = settings.providers.has("demo") ? "demo/echo" : "openai/gpt-5-mini";
  lines.push(
    `curl ${url.origin}${settings.basePath}/v1/chat/completions${key} \\`,
    "  -H 'content-type: application/json' \\",
    `  -d '{"model":"${model}","messages":[{"role":"user","content":"Hello!"}]}'`,
    "",
  );
  return {
    status: 200,
    headers: { "content-type": "text/plain; charset=utf-8" },
    body: lines.join("\n"),
  };
};

/** It has an address, and a key if it needs one. */
function isReady({ definition, baseUrl, keys }: ConfiguredProvider): boolean {
  return baseUrl !== undefined && (!definition.auth.required || keys.size > 0);
}
