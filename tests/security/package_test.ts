/** Case 39: what installing this package does to a machine is nothing but copying files. */
import { assert, assertEquals, assertFalse } from "@std/assert";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";

interface Package {
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  bundledDependencies?: string[];
  hasInstallScript?: boolean;
}

const root = new URL("../../", import.meta.url);
const read = <T>(path: string) => JSON.parse(readFileSync(new URL(path, root), "utf8")) as T;

const LIFECYCLE = [
  "preinstall",
  "install",
  "postinstall",
  "prepublish",
  "preprepare",
  "prepare",
  "postprepare",
  "dependencies",
];

test("case 39: the package has no script that runs by itself", () => {
  const { scripts = {} } = read<Package>("package.json");
  for (const name of LIFECYCLE) assertFalse(name in scripts, name);
  assertFalse(existsSync(new URL("binding.gyp", root)));
});

test("case 39: it has exactly two run-time dependencies, at exact versions and without scripts", () => {
  const manifest = read<Package>("package.json");
  const { dependencies = {}, optionalDependencies, peerDependencies, bundledDependencies } =
    manifest;
  assertEquals(Object.keys(dependencies).sort(), ["itty-router", "valibot"]);
  assertEquals([optionalDependencies, peerDependencies, bundledDependencies], [
    undefined,
    undefined,
    undefined,
  ]);
  for (const [name, version] of Object.entries(dependencies)) {
    assert(/^\d+\.\d+\.\d+$/.test(version), `${name}@${version}`);
    const { scripts = {}, dependencies: theirs = {} } = read<Package>(
      `node_modules/${name}/package.json`,
    );
    for (const script of ["preinstall", "install", "postinstall"]) {
      assertFalse(script in scripts, `${name} has ${script}`);
    }
    assertEquals(Object.keys(theirs), [], `${name} brings others along`);
  }
});

test("case 39: the lock file holds no address to load from, and knows every file's digest", () => {
  interface Lock {
    packages: Record<string, { resolved?: string; integrity?: string; link?: boolean }>;
  }
  const { packages } = read<Lock>("package-lock.json");
  for (const [path, { resolved, integrity, link }] of Object.entries(packages)) {
    if (!path.startsWith("node_modules/") || link) continue;
    assert(integrity?.startsWith("sha512-"), `${path} has no digest`);
    assertEquals(resolved, undefined, path);
  }
});
