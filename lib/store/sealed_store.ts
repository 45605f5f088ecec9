import type { Seal } from "./sealed.ts";
import type { Store } from "./store.ts";

/** What keeps texts and gives them back. */
export type TextStore = Pick<Store, "get" | "set">;

/** Keeps everything sealed; what does not open is as good as absent, since whoever asks can do without. */
export function sealedStore(store: TextStore, seal: Seal): TextStore {
  return {
    async get(key) {
      const sealed = await store.get(key);
      return sealed === undefined ? undefined : await seal.open(sealed, key);
    },
    async set(key, value, ttl) {
      await store.set(key, await seal.seal(value, key), ttl);
    },
  };
}
