#!/usr/bin/env node
// The version is checked before anything else is loaded: newer syntax and modules would fail with a riddle.
const version = process.versions.node;
if (Number(version.split(".")[0]) < 22) {
  console.error(`dragoman needs Node 22 or later; this is Node ${version}`);
  process.exit(1);
}

// No `await`: Bun keeps compiled code only of modules that have none at their top.
import("./command.ts").then(({ run }) => run(process.argv.slice(2)));

export {};
