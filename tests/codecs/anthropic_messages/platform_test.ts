/** Platforms that serve Claude in Anthropic's protocol, each with a few words of its own. */
import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import { anthropicMessages } from "../../../lib/codecs/anthropic_messages/mod.ts";
import { GatewayError } from "../../../lib/errors.ts";
import { scanObject } from "../../../lib/json/scan_object.ts";
import { HELLO, type Json, openai } from "./helpers.ts";

const platform = anthropicMessages({
  path: "/models/{model}:rawPredict",
  streamPath: "/models/{model}:streamRawPredict",
  modelInPath: true,
  body: { anthropic_version: "vertex-2023-10-16" },
  drops: ["service_tier"],
  urlSources: false,
});
const options = { model: "claude-sonnet-4-5@20250929", stream: true };
const path = "/models/claude-sonnet-4-5%4020250929:streamRawPredict";

test("the model stands in the path, and the body has what the platform wants", () => {
  const request = openai.decodeRequest({
    model: "m",
    messages: [HELLO],
    stream: true,
    service_tier: "auto",
  });
  const sent = platform.encodeRequest(request, options);
  assertEquals(sent.path, path);
  const { model, anthropic_version, stream, service_tier } = JSON.parse(sent.body) as Json;
  assertEquals([model, anthropic_version, stream, service_tier], [
    undefined,
    "vertex-2023-10-16",
    true,
    undefined,
  ]);
  assertEquals(sent.warnings, [{ kind: "dropped", param: "service_tier" }]);
});

test("a caller of Anthropic's dialect is relayed with the same changes", () => {
  const text = JSON.stringify({
    service_tier: "auto",
    model: "vertex/claude",
    messages: [HELLO],
    stream: true,
    metadata: { x: 1 },
  });
  const sent = platform.relay!.relayRequest(scanObject(text), options);
  assertEquals(sent.path, path);
  assertEquals(JSON.parse(sent.body), {
    anthropic_version: "vertex-2023-10-16",
    messages: [HELLO],
    stream: true,
    metadata: { x: 1 },
  });
  assertEquals(sent.warnings, [{ kind: "dropped", param: "service_tier" }]);
});

test("media by address are refused where nobody fetches them", () => {
  const url = "https://example.com/a.png";
  const content = [{ type: "image_url", image_url: { url } }];
  const request = openai.decodeRequest({ model: "m", messages: [{ role: "user", content }] });
  const error = assertThrows(() => platform.encodeRequest(request, options), GatewayError);
  assertEquals([error.status, error.param], [400, "messages.content"]);
});
