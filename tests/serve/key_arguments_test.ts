import { assert, assertEquals, assertThrows } from "@std/assert";
import { test } from "node:test";
import { UsageError } from "../../lib/serve/cli_arguments.ts";
import { parseKeyArguments } from "../../lib/serve/key_arguments.ts";

test("what is asked of keys is read in any order", () => {
  assertEquals(parseKeyArguments(["set", "main"]), { action: "set", name: "main" });
  assertEquals(parseKeyArguments(["remove", "--config=a.json", "main"]), {
    action: "remove",
    name: "main",
    config: "a.json",
  });
  assertEquals(parseKeyArguments(["--config", "a.json", "list"]), {
    action: "list",
    config: "a.json",
  });
  assertEquals(parseKeyArguments(["set", "-h"]).action, "help");
});

test("a mistake is one clear line, which never repeats what may be a key", () => {
  const wrong: [string[], string][] = [
    [[], "key needs set, list or remove; see key --help"],
    [["sett", "main"], "key needs set, list or remove; see key --help"],
    [["set"], "key set needs a name; see key --help"],
    [["list", "sk-1234"], "key list takes no name; see key --help"],
    [["remove", "a", "sk-1234"], "key remove takes one name"],
    [["set", "main", "--confg", "sk-1234"], "unknown option --confg; see --help"],
    [["set", "main", "--config"], "--config needs a value"],
    [
      ["set", "main", "--config", "a", "sk-1234"],
      "key set takes a name only: it reads the key from its input, not from the command line",
    ],
  ];
  for (const [argv, message] of wrong) {
    const error = assertThrows(() => parseKeyArguments(argv), UsageError);
    assertEquals(error.message, message);
    assert(!error.message.includes("sk-1234"));
  }
});
