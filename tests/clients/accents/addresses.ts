/** Base URLs as people write them: with the version, without, and with a slash at the end. */
import { assert } from "@std/assert";
import type { Accent } from "../../support/accents/accent.ts";
import { ACCENTS } from "../../support/accents/mod.ts";
import { ASK, onEachDoor } from "../doors.ts";
import { coast, withEach } from "./scene.ts";

/** Three spellings of every base; where there is no version, two of them are the same. */
function basesOf({ base, paths }: Accent): string[] {
  const bare = base.replace(/\/v1$/, "");
  const full = paths.includes(`${bare}/v1/chat/completions`) ? `${bare}/v1` : bare;
  return [bare, full, `${full}/`];
}

for (const [at, how] of ["bare", "with a version", "with a slash"].entries()) {
  const providers = Object.fromEntries(ACCENTS.map((accent) => {
    const baseUrl = `${coast.url}/${accent.slug}${basesOf(accent)[at]}`;
    return [accent.slug, { apiKey: accent.key, baseUrl }];
  }));
  onEachDoor(
    `every provider is reached by a base URL written ${how}`,
    ({ client }) =>
      withEach(ACCENTS, client, async ({ there, accent, model }) => {
        await client.chat.completions.create({ model, messages: ASK });
        assert(accent.paths.includes(there.last.path), there.last.path);
      }),
    () => ({ providers }),
  );
}
