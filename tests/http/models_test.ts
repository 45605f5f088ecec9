/** The list of models. */
import { assertEquals } from "@std/assert";
import { test } from "node:test";
import { errorOf, recorded, send } from "../support/recorder.ts";

interface List {
  object: string;
  data: { id: string; object: string; created: number; owned_by: string }[];
}

const OPTIONS = {
  demo: true,
  providers: {
    ollama: { models: ["llama3", "library/qwen:7b"] },
    "custom-x": { baseUrl: "http://x.example", models: ["a/b/c"] },
  },
  gateways: {
    default: { open: true, routes: { fast: "ollama/llama3", "openai/gpt-5": ["demo/echo"] } },
    second: { open: true },
  },
};

test("a list has the gateway's routes and every listed model, in OpenAI's shape", async () => {
  const { gateway } = recorded(OPTIONS);
  for (const prefix of ["/v1", "/v1/v1", "/v1/account/default/compat"]) {
    const { object, data } = JSON.parse((await send(gateway, `${prefix}/models`)).text) as List;
    assertEquals(object, "list");
    assertEquals(data.map(({ id, owned_by }) => `${id} ${owned_by}`), [
      "dynamic/fast dynamic",
      "dynamic/openai/gpt-5 dynamic",
      "ollama/llama3 ollama",
      "ollama/library/qwen:7b ollama",
      "custom-x/a/b/c custom-x",
      "demo/echo demo",
      "demo/backup demo",
    ]);
    for (const row of data) assertEquals([row.object, row.created], ["model", 0]);
  }
});

test("another gateway has its own routes", async () => {
  const { gateway } = recorded(OPTIONS);
  const { text } = await send(gateway, "/v1/account/second/compat/models");
  const { data } = JSON.parse(text) as List;
  assertEquals(data.filter(({ owned_by }) => owned_by === "dynamic"), []);
});

test("one model is found by its id, slashes and escapes included", async () => {
  const { gateway } = recorded(OPTIONS);
  for (const id of ["dynamic/fast", "ollama/llama3", "custom-x/a/b/c", "ollama/library/qwen:7b"]) {
    for (const written of [id, encodeURIComponent(id), id.replace(/\//g, "%2F")]) {
      const { status, text } = await send(gateway, `/v1/models/${written}`);
      assertEquals([status, (JSON.parse(text) as { id: string }).id], [200, id], written);
    }
  }
});

test("a model that is not listed is 404 and names the parameter", async () => {
  const { gateway } = recorded(OPTIONS);
  for (const id of ["nope", "ollama", "ollama/llama3/x", "ollama/LLAMA3"]) {
    const answer = await send(gateway, `/v1/models/${id}`);
    assertEquals([answer.status, errorOf(answer).param], [404, "model"]);
  }
});

test("the list is for callers only", async () => {
  const { gateway } = recorded({ gateways: { default: { accessKeys: ["ak-0123456789"] } } });
  assertEquals((await send(gateway, "/v1/models")).status, 401);
  const headers = { authorization: "Bearer ak-0123456789" };
  assertEquals((await send(gateway, "/v1/models", { headers })).status, 200);
});
