import { assertEquals, assertThrows } from "@std/assert";
import { test } from "node:test";
import { GatewayError } from "../../lib/errors.ts";
import { parseConfig, readConfigFile } from "../../lib/serve/config_file.ts";

const files: Record<string, string> = { "/run/key": "sk-file\n", "/two": "a\n\n" };
const sources = {
  env: { OPENAI_KEY: "sk-env", EMPTY: "" },
  readText(path: string): string {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error(`open '${path}'`), { code: "ENOENT" });
    return text;
  },
};
const parse = (value: unknown) => parseConfig(JSON.stringify(value), "dragoman.json", sources);
const refused = (run: () => unknown) => {
  const error = assertThrows(run, GatewayError);
  assertEquals(error.code, 2116);
  return error.message;
};

test("references to variables and files are resolved wherever a string stands", () => {
  const keys = { a: ["env:OPENAI_KEY", "plain"], b: "file:/two" };
  assertEquals(parse({ providers: { openai: { apiKey: "file:/run/key", keys } }, bodyLimit: 7 }), {
    providers: { openai: { apiKey: "sk-file", keys: { a: ["sk-env", "plain"], b: "a\n" } } },
    bodyLimit: 7,
  });
});

test("a missing variable or file is an error that names the option", () => {
  const openai = (apiKey: unknown) => () => parse({ providers: { openai: { apiKey } } });
  assertEquals(refused(openai("env:NOPE")), "providers.openai.apiKey: env:NOPE is not set");
  assertEquals(refused(openai("env:EMPTY")), "providers.openai.apiKey: env:EMPTY is not set");
  assertEquals(
    refused(openai(["file:/nope"])),
    "providers.openai.apiKey[0]: file:/nope cannot be read: there is no such file",
  );
});

test("a file that is not strict JSON is refused with line and column", () => {
  const message = (text: string) => refused(() => parseConfig(text, "dragoman.json", sources));
  assertEquals(
    message('{\n  "demo": true,\n}'),
    "dragoman.json is not valid JSON: expected a string at line 3, column 1",
  );
  assertEquals(
    message('{"demo": true, "demo": false}'),
    'dragoman.json is not valid JSON: the key "demo" appears twice at line 1, column 16',
  );
  assertEquals(message('{"a":1').endsWith("at line 1, column 7"), true);
  message("[]");
  message("");
});

test("a file that can't be read is an error that names it", () => {
  assertEquals(
    refused(() => readConfigFile("no.json", sources)),
    "cannot read no.json: there is no such file",
  );
});
