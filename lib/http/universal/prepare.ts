/** From entries to steps: everything that can be wrong with one is said before anybody is asked. */
import type { HeaderReader } from "../../fetch_like.ts";
import { readMember, scanObject } from "../../json/scan_object.ts";
import { planFor } from "../../routing/plan.ts";
import type { Admission } from "../admit.ts";
import { accessKeysIn } from "../authenticate.ts";
import type { HttpCall } from "../http_call.ts";
import { presentedKeys } from "../presented_keys.ts";
import { type RequestOptions, requestOptions } from "../request_options.ts";
import { refuseLosses } from "../../upstream/call.ts";
import { compatStep } from "./compat_step.ts";
import { type Entry, headersFor, inPlace } from "./entry.ts";
import { nativeStep } from "./native_step.ts";
import type { Step } from "./step.ts";

/** The provider's name of the Unified API. */
const COMPAT = "compat";

/** Makes the steps of all entries. Throws what is wrong with the first that is, naming its place. */
export function prepareSteps(
  entries: readonly Entry[],
  call: HttpCall,
  admission: Admission,
): Step[] {
  const requestKey = nameOneProvider(entries, call, admission)
    ? admission.caller.requestKey
    : undefined;
  return entries.map((entry) =>
    inPlace(entry.place, () => {
      const { gateway, caller } = admission;
      const options = optionsOf(entry, call, admission);
      const key = ownKey(entry, call, admission) ?? requestKey;
      const own = { gateway, caller: { ...caller, requestKey: key } };
      if (entry.provider === COMPAT) return compatStep({ entry, call, admission: own, options });
      return nativeStep({ entry, call, admission: own, options });
    })
  );
}

/** What the entry's headers ask for, else the request's, else the gateway's settings. */
function optionsOf(entry: Entry, call: HttpCall, { gateway }: Admission): RequestOptions {
  const headers = headersFor(entry, call.incoming.headers);
  const options = requestOptions(headers, gateway, call.context.metadata);
  if (entry.warnings.length === 0) return options;
  if (options.strict) refuseLosses(entry.warnings);
  return { ...options, warnings: [...entry.warnings, ...options.warnings] };
}

const NO_QUERY = new URLSearchParams();

/** The provider key among the entry's headers: never an access key, whichever gateway's. */
function ownKey(entry: Entry, call: HttpCall, { gateway }: Admission): string | undefined {
  if (gateway.requestKeys === "ignore") return undefined;
  const headers: HeaderReader = { get: (name) => entry.headers.get(name) ?? null };
  const { provider } = presentedKeys(headers, NO_QUERY);
  return provider.find((value) => accessKeysIn(value, call.core.findKeys).length === 0);
}

/** A key beside several entries can only be meant for all of them if they ask the same provider. */
function nameOneProvider(
  entries: readonly Entry[],
  call: HttpCall,
  admission: Admission,
): boolean {
  if (entries.length === 1 || admission.caller.requestKey === undefined) return true;
  const slugs = new Set(entries.flatMap((entry) => slugsOf(entry, call, admission)));
  return slugs.size === 1;
}

function slugsOf({ provider, query }: Entry, { core }: HttpCall, { gateway }: Admission): string[] {
  if (provider !== COMPAT) return [provider];
  try {
    const model = readMember(scanObject(query), "model");
    const { steps } = planFor(String(model), gateway, core.settings);
    return steps.map(({ provider }) => provider.definition.slug);
  } catch {
    return []; // the step itself will say what is wrong with its model, and asks nobody
  }
}
