/** The fault matrix: every fault, whole and streamed, in every mode, once as it is and once with help at hand. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "node:test";
import type { GatewayOptions } from "../../lib/options/mod.ts";
import { closedAddress, FakeUpstream } from "../support/fake_upstream.ts";
import { runtime } from "../support/runtime.ts";
import type { Way } from "../support/ways.ts";
import {
  ask,
  assertNothingLeft,
  assertOutcome,
  assertSecret,
  canaryKey,
  ImpatientClock,
  misbehaving,
  type Mode,
  MODES,
  providerAt,
  type Received,
  timeoutsFor,
  wellBehaved,
} from "./cells.ts";
import { type Fault, FAULTS, type Outcome } from "./faults.ts";

interface Cell {
  mode: Mode;
  fault: Fault;
  stream: boolean;
  outcome: Outcome;
}

const CELLS: readonly Cell[] = MODES.flatMap((mode) =>
  FAULTS.flatMap((fault) => {
    const cells: Cell[] = [];
    if (fault.whole) cells.push({ mode, fault, stream: false, outcome: fault.whole });
    if (fault.stream) cells.push({ mode, fault, stream: true, outcome: fault.stream });
    return cells;
  })
);

const nameOf = ({ mode, fault, stream }: Cell) =>
  `${fault.name} (${stream ? "stream" : "whole"}, ${mode.name})`;

type Routes = NonNullable<NonNullable<GatewayOptions["gateways"]>[string]["routes"]>;

/** What is asked for, and what the gateway must know for it. */
export interface Asked {
  model: string;
  /** Where the request itself names whom to ask next. */
  next?: string;
  routes: Routes;
}

/** How requests come to providers. */
export interface Road {
  name: string;
  /** To one model. */
  single(name: string): Asked;
  /** To one, then another. */
  helped(first: string, second: string): Asked;
  /** How it is asked, where not for a chat completion. */
  ask?(way: Way, asked: Asked, stream: boolean): Promise<Received>;
}

/** A model by its own name, and a list. */
export const NAMED: Road = {
  name: "",
  single: (model) => ({ model, routes: {} }),
  helped: (first, second) => ({ model: "dynamic/both", routes: { both: [first, second] } }),
};

/** The tests of one way. */
export function playMatrix(way: Way, road = NAMED): void {
  const stage = { way, road } as Theatre;
  const told = road.name === "" ? way.name : `${way.name}, ${road.name}`;
  test(`${way.name}: the fake provider starts`, async () => {
    stage.upstream = await FakeUpstream.start();
    stage.closed = await closedAddress();
    // A runtime's first call takes longer than any other.
    const warm = wellBehaved(stage.upstream, MODES[0]!, false);
    await way.open({ providers: providerAt("openai", warm.url, "sk-warm") });
    await ask(way, "openai/m-1", false);
  });
  for (const cell of CELLS) {
    test(`${told}: ${nameOf(cell)}`, () => playOnce(cell, stage));
  }
  for (const cell of CELLS.filter(({ outcome }) => outcome.retryable)) {
    test(`${told}: ${nameOf(cell)} is tried twice, then the next target answers`, () =>
      playWithHelp(cell, stage));
  }
  test(`${way.name}: the fake provider stops`, async () => {
    await way.close();
    await stage.upstream.close();
  });
}

interface Theatre {
  way: Way;
  road: Road;
  upstream: FakeUpstream;
  closed: string;
}

async function playOnce({ mode, fault, stream, outcome }: Cell, stage: Theatre): Promise<void> {
  const { way, road, upstream, closed } = stage;
  const key = canaryKey();
  const scene = misbehaving(upstream, closed, mode, fault, stream, key);
  const asked = road.single(`${mode.slug}/m-1`);
  const door = await way.open({
    providers: providerAt(mode.slug, scene.url, key),
    gateways: { default: { routes: asked.routes, timeouts: timeoutsFor(fault, 120) } },
  });
  const answer = await askOn(road, way, asked, stream);
  assertOutcome(answer, outcome, stream);
  assertSecret(answer, key);
  assertEquals(scene.visits.length, requestsFor(fault, 1));
  for (const visit of scene.visits) {
    assertEquals(visit.path, new URL(scene.url).pathname + pathOf(mode));
    assertStringIncludes([...visit.headers.values()].join("\n"), key);
  }
  await assertNothingLeft(door, scene);
}

function askOn(road: Road, way: Way, asked: Asked, stream: boolean): Promise<Received> {
  return road.ask?.(way, asked, stream) ?? ask(way, asked.model, stream);
}

/** Requests that reach the provider; Deno's `fetch` sends again by itself when a connection breaks without an answer. */
function requestsFor({ name, play }: Fault, attempts: number): number {
  if (play === undefined) return 0;
  return runtime === "deno" && name === "reset before headers" ? 2 * attempts : attempts;
}

function pathOf({ slug, tongue }: Mode): string {
  return slug === "toy" ? tongue.path : `/v1${tongue.path}`;
}

async function playWithHelp({ mode, fault, stream, outcome }: Cell, stage: Theatre): Promise<void> {
  const { way, road, upstream, closed } = stage;
  const key = canaryKey();
  const otherKey = canaryKey();
  // The second target speaks another protocol than the first, or speaks it in another mode.
  const helper = MODES[(MODES.indexOf(mode) + 1) % MODES.length]!;
  const scene = misbehaving(upstream, closed, mode, fault, stream, key);
  const help = wellBehaved(upstream, helper, stream);
  const clock = new ImpatientClock();
  const asked = road.helped(`${mode.slug}/m-1`, `${helper.slug}/m-1`);
  const door = await way.open({
    clock,
    providers: {
      ...providerAt(mode.slug, scene.url, key),
      ...providerAt(helper.slug, help.url, otherKey, {
        timeouts: { firstByte: 20_000, firstToken: 0, idle: 20_000, whole: 20_000 },
      }),
    },
    gateways: {
      default: {
        routes: asked.routes,
        retry: { attempts: 2, delay: 1, backoff: "constant" },
        timeouts: timeoutsFor(fault, 40),
      },
    },
  });
  const answer = await askOn(road, way, asked, stream);
  assertOutcome(answer, { kind: "good" }, stream);
  assertSecret(answer, key, otherKey);
  assertEquals(scene.visits.length, requestsFor(fault, 2));
  assertEquals(help.visits.length, 1);
  assertEquals(answer.headers.get("cf-aig-step"), "1");
  assertEquals(answer.headers.get("cf-aig-provider"), helper.slug);
  const { hint = 0 } = outcome;
  // The toy protocol knows no hint but `retry-after` in seconds.
  const known = mode.slug !== "toy" || fault.name.includes("seconds");
  assertEquals(clock.pauses, hint > 0 && known ? [hint] : []);
  for (const visit of scene.visits) {
    assert(![...visit.headers.values()].join().includes(otherKey), "the other's key was sent");
  }
  await assertNothingLeft(door, scene, help);
}
