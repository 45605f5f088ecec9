/** The types that every store speaks of. */
export type { Clock } from "../clock.ts";
export type { GuardOptions } from "../store/guard.ts";
export type { EngineStore, Store } from "../store/store.ts";
