import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { test } from "node:test";
import {
  allThere,
  attempt,
  eachDone,
  onceThere,
  orElse,
  regardless,
  type Soon,
} from "../lib/soon.ts";

const later = <T>(value: T): Soon<T> => Promise.resolve(value);
const never = (): Soon<number> => Promise.reject(new Error("gone"));

test("what is there is gone on with at once, and what is not once it is there", async () => {
  const next = (value: number) => value + 1;
  assertEquals(onceThere(1, next), 2);
  const waiting = onceThere(later(1), next);
  assertEquals(waiting instanceof Promise, true);
  assertEquals(await waiting, 2);
});

test("what never comes is told, and only that: what goes wrong afterwards is thrown", async () => {
  const failed = (error: unknown) => `failed: ${(error as Error).message}`;
  const broken = (): Soon<string> => {
    throw new Error("broken");
  };
  assertEquals(await onceThere(never(), () => "there", failed), "failed: gone");
  assertThrows(() => onceThere(1, broken, failed), Error, "broken");
  await assertRejects(async () => await onceThere(later(1), broken, failed), Error, "broken");
});

test("what never comes has something in its place, and what is there needs none", async () => {
  const instead = () => "nothing";
  assertEquals([orElse(1, instead), await orElse(later(1), instead)], [1, 1]);
  assertEquals(await orElse(never(), instead), "nothing");
});

test("several values wait for the last one, and for nothing where all are there", async () => {
  assertEquals(allThere([1, 2]), [1, 2]);
  assertEquals(await allThere([1, later(2)]), [1, 2]);
  await assertRejects(async () => await allThere([1, never()]), Error, "gone");
});

test("work for each is begun at once, and waited for only where there is something to wait for", async () => {
  const begun: number[] = [];
  const work = (number: number): Soon<void> => {
    begun.push(number);
    if (number === 2) return Promise.resolve();
    if (number === 3) return Promise.reject(new Error("gone"));
  };
  assertEquals(eachDone([1, 4], work), undefined);
  const waiting = eachDone([1, 2, 4], work);
  assertEquals(begun, [1, 4, 1, 2, 4]);
  assertEquals(waiting instanceof Promise, true);
  assertEquals(await waiting, undefined);
  await assertRejects(async () => await eachDone([3, 2, 1], work), Error, "gone");
  assertEquals(begun.slice(5), [3, 2, 1]);
});

test("where only the end counts, a failure is one too", async () => {
  assertEquals(regardless(undefined), undefined);
  assertEquals(await regardless(Promise.reject(new Error("gone"))), undefined);
});

test("what fails at once fails as what had to be waited for", async () => {
  const fail = (): Soon<number> => {
    throw new Error("broken");
  };
  await assertRejects(async () => await attempt(fail), Error, "broken");
  assertEquals(attempt(() => 1), 1);
});
