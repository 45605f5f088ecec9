/** Base URLs as people write them, made complete. */

/** `v1`, `v1beta`, `v2alpha3`: what ends a base URL that names its version. */
const VERSION = /^v\d+((alpha|beta)\d*)?$/;

/**
 * What is wrong with a base URL, if anything. The text is never shown: it may hold credentials, or be
 * a key in the wrong place.
 */
export function baseUrlFault(written: string): string | undefined {
  const example = "such as https://api.example.com/v1";
  if (/[^\x21-\x7e]/.test(written)) {
    return `must be an address ${example}, without spaces or other than ASCII characters`;
  }
  if (!/^https?:\/\//i.test(written) || !URL.canParse(written)) {
    return `must be an http or https address ${example}`;
  }
  const url = new URL(written);
  if (url.username !== "" || url.password !== "") {
    return "must not hold a user name or password: give the key as apiKey";
  }
  if (/[?#]/.test(written)) return "must not have a query or fragment";
  if (/\/chat\/completions\/*$/.test(url.pathname)) {
    return "must end before /chat/completions, which is added to it";
  }
  return undefined;
}

/**
 * A base URL without a slash at the end and, for a provider that has versions, with one: the first of
 * `versions` where the URL does not already end in a version. The beginning of `whole`, the provider's own
 * complete address, stands for all of it: `https://api.groq.com` as that vendor's SDK writes it.
 */
export function completeBaseUrl(
  written: string,
  versions: readonly string[] = [],
  whole?: string,
): string {
  // Only a definition in code can say something else: a provider that answers without a network.
  if (!/^https?:/i.test(written)) return written;
  const url = new URL(written);
  const base = (url.origin + url.pathname).replace(/\/+$/, "");
  if (whole?.startsWith(`${base}/`)) return whole;
  const last = base.slice(base.lastIndexOf("/") + 1);
  const [version] = versions;
  if (version === undefined || versions.includes(last) || VERSION.test(last)) return base;
  return `${base}/${version}`;
}

/** Puts an operator's settings where a base URL leaves them open; `undefined` when one is missing. */
export function fillBaseUrl(
  template: string,
  settings: Readonly<Record<string, unknown>>,
): string | undefined {
  let complete = true;
  const url = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = settings[name];
    if (typeof value !== "string") complete = false;
    return String(value);
  });
  return complete ? url : undefined;
}
