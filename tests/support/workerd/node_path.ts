/** `node:path` and `node:url` for names of files that will not be opened. */
export const join = (...parts: string[]): string => parts.join("/");
export const fileURLToPath = (url: string | URL): string => new URL(url).pathname;
