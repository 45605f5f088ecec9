import { test } from "node:test";
import { assertEquals, assertRejects } from "@std/assert";
import { compose, runStep, type Step } from "../../lib/stream/step.ts";
import { StepStream } from "../../lib/stream/step_stream.ts";

/** Gives each item as many times as it says, and a farewell. */
const repeat = (): Step<number, number> => ({
  push: (count) => Array.from({ length: count }, () => count),
  end: () => [100, 200],
});

/** Holds everything back until the end. */
function total(): Step<number, string> {
  let sum = 0;
  return {
    push(value) {
      sum += value;
      return [];
    },
    end: () => [`sum ${sum}`],
  };
}

const double = (): Step<number, number> => ({ push: (value) => [value * 2], end: () => [-1] });

test("running a step gives what it gives, its last words included", () => {
  assertEquals(runStep(repeat(), [1, 0, 2]), [1, 2, 2, 100, 200]);
});

test("the second of two steps gets everything of the first before it ends", () => {
  assertEquals(runStep(compose(repeat(), double()), [2]), [4, 4, 200, 400, -1]);
  assertEquals(runStep(compose(repeat(), total()), [3]), ["sum 309"]);
});

test("composing is associative", () => {
  const left = compose(compose(repeat(), double()), total());
  const right = compose(repeat(), compose(double(), total()));
  assertEquals(runStep(left, [1, 2]), runStep(right, [1, 2]));
});

test("a step becomes a transform stream", async () => {
  const out: number[] = [];
  const source = new ReadableStream<number>({
    start(controller) {
      controller.enqueue(2);
      controller.close();
    },
  });
  for await (const item of source.pipeThrough(new StepStream(repeat()))) out.push(item);
  assertEquals(out, [2, 2, 100, 200]);
});

test("an error of the step errors its stream", async () => {
  const broken: Step<number, number> = {
    push() {
      throw new TypeError("no");
    },
    end: () => [],
  };
  const stream = new StepStream(broken);
  const writer = stream.writable.getWriter();
  writer.write(1).catch(() => {});
  await assertRejects(() => stream.readable.getReader().read(), TypeError);
});
