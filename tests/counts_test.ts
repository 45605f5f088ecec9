import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { countsLine, readCounts } from "./support/counts.ts";

test("node's summary is read, cancelled tests as failures", () => {
  const output = "✔ one (1ms)\nℹ tests 7\nℹ suites 0\nℹ pass 3\nℹ fail 1\nℹ cancelled 1\n" +
    "ℹ skipped 1\nℹ todo 1\nℹ duration_ms 12\n";
  assertEquals(readCounts("node", output), { passed: 3, failed: 2, skipped: 2 });
});

test("node's summary is read with colours, and in TAP", () => {
  const output = "\x1b[34mℹ pass 3\x1b[39m\n\x1b[34mℹ fail 0\x1b[39m\n";
  assertEquals(readCounts("node", output), { passed: 3, failed: 0, skipped: 0 });
  assertEquals(readCounts("node", "# pass 2\n# fail 1\n"), { passed: 2, failed: 1, skipped: 0 });
});

test("bun's summary is read", () => {
  const output = "(pass) one [1ms]\n\n 12 pass\n 2 skip\n 1 fail\n 1 error\nRan 15 tests\n";
  assertEquals(readCounts("bun", output), { passed: 12, failed: 1, skipped: 2 });
});

test("deno's summary is read", () => {
  const output = "one ... ok (1ms)\n\nok | 3 passed (2 steps) | 0 failed | 1 ignored (9ms)\n";
  assertEquals(readCounts("deno", output), { passed: 3, failed: 0, skipped: 1 });
});

test("workerd's summary is read, below the reasons of what was skipped", () => {
  const output = "skipped 2: needs node:net, which workerd lacks\n12 passed, 1 failed, 2 skipped\n";
  assertEquals(readCounts("workerd", output), { passed: 12, failed: 1, skipped: 2 });
  assertEquals(readCounts("workerd", "3 passed, 0 failed\n"), { passed: 3, failed: 0, skipped: 0 });
});

test("a deno run that fails without a failed test has one failure", () => {
  assertEquals(readCounts("deno", "FAILED | 0 passed | 0 failed (1 error) (9ms)\n"), {
    passed: 0,
    failed: 1,
    skipped: 0,
  });
});

test("a run that broke off has no counts", () => {
  for (const runner of ["node", "node22", "bun", "deno", "workerd"] as const) {
    assertEquals(readCounts(runner, "Segmentation fault\n"), undefined);
  }
});

test("the last line of a run is plain, and names skipped tests only if there are any", () => {
  assertEquals(countsLine({ passed: 3, failed: 0, skipped: 0 }), "3 passed, 0 failed");
  assertEquals(countsLine({ passed: 3, failed: 1, skipped: 2 }), "3 passed, 1 failed, 2 skipped");
});
