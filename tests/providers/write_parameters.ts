/** Writes `docs/parameters.md` anew: `node tests/providers/write_parameters.ts`. */
import { writeFileSync } from "node:fs";
import { PROVIDERS } from "../../lib/providers/registry.ts";
import { parameterPage } from "./parameter_page.ts";

writeFileSync(
  new URL("../../docs/parameters.md", import.meta.url),
  parameterPage(PROVIDERS.values()),
);
