/**
 * `node:test` for workerd, which has no test runner: takes the tests of one file when it is loaded and
 * runs them, one after another, when workerd asks for it.
 */
type Body = (context: TestContext) => unknown;

/** What a test's body is given. */
export interface TestContext {
  skip(reason?: string): void;
  diagnostic(text: string): void;
}

interface Options {
  skip?: boolean | string;
}

const declared: { name: string; options: Options; body: Body }[] = [];
const PATIENCE = 20_000;

/** Why the rest of the file, or the test that is running, means nothing here. */
let fileLacks: string | undefined;
let testLacks: string | undefined;
let running = false;

/** Says that something was used which workerd hasn't: ends a running test, whatever it would find out is no failure. */
export function lacking(what: string): void {
  if (!running) {
    fileLacks = what;
    return;
  }
  testLacks = what;
  throw new Error(`workerd has no ${what}`);
}

/** Declares a test, as `node:test` does. */
export function test(name: string, ...rest: [Body] | [Options, Body]): void {
  const [options, body] = rest.length === 2 ? rest : [{}, rest[0]];
  declared.push({ name, options, body });
}

/** What is done before the first test of the file, and after its last one. */
const hooks: { before: (() => unknown)[]; after: (() => unknown)[] } = { before: [], after: [] };

/** Declares what the tests of the file need. */
export function before(work: () => unknown): void {
  hooks.before.push(work);
}

/** Declares what puts that away. */
export function after(work: () => unknown): void {
  hooks.after.push(work);
}

/** Not even tried in a file that workerd can't run. */
async function runHooks(works: readonly (() => unknown)[]): Promise<void> {
  for (const work of works) if (fileLacks === undefined) await work();
}

/** What is bound to the Worker, once its tests run. */
export let bindings: unknown;

/** Runs what was declared and prints a line of JSON for each test; `lacks` skips them all. */
export async function runTests(env: unknown, file: string, lacks?: string | null): Promise<void> {
  bindings = env;
  fileLacks ??= lacks ?? undefined;
  await runHooks(hooks.before);
  for (const { name, options, body } of declared) {
    console.log(JSON.stringify({ file, name, ...await outcomeOf(options, body) }));
  }
  await runHooks(hooks.after);
}

/** How a test went: `skipped` and `failed` say why. */
export type Outcome = { passed: true } | { skipped: string } | { failed: string };

async function outcomeOf({ skip = false }: Options, body: Body): Promise<Outcome> {
  if (skip !== false) return { skipped: typeof skip === "string" ? skip : "no reason given" };
  if (fileLacks !== undefined) return { skipped: `needs ${fileLacks}, which workerd lacks` };
  let reason: string | undefined;
  const context = { skip: (said = "no reason given") => void (reason = said), diagnostic() {} };
  testLacks = undefined;
  running = true;
  let failure: unknown;
  try {
    await inTime(body(context));
  } catch (error) {
    failure = error ?? new Error("thrown without an error");
  }
  running = false;
  if (testLacks !== undefined) return { skipped: `needs ${testLacks}, which workerd lacks` };
  if (failure !== undefined) return { failed: describe(failure) };
  return reason === undefined ? { passed: true } : { skipped: reason };
}

async function inTime(work: unknown): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${PATIENCE} ms`)), PATIENCE);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
