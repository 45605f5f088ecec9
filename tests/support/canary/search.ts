/** Finds a secret in a text in every form in which it is easily read. */

/** A secret, and the texts it may stand in a text as. */
interface Watched {
  secret: string;
  forms: readonly string[];
}

/** Secrets to be looked for. */
export class Canaries {
  readonly #watched = new Map<string, Watched>();
  /** Characters of the longest form. */
  longest = 0;

  add(secrets: Iterable<string>): void {
    for (const secret of secrets) {
      if (this.#watched.has(secret)) continue;
      const forms = formsOf(secret);
      this.#watched.set(secret, { secret, forms });
      this.longest = Math.max(this.longest, ...forms.map(({ length }) => length));
    }
  }

  /** The first secret that stands in a text. */
  find(text: string): string | undefined {
    for (const { secret, forms } of this.#watched.values()) {
      if (forms.some((form) => text.includes(form))) return secret;
    }
    return undefined;
  }
}

/** As it is, in a URL, in JSON, and in base64 wherever it begins there. */
export function formsOf(secret: string): string[] {
  const base64 = [0, 1, 2].flatMap((before) => {
    const text = btoa(unescape(encodeURIComponent("\0".repeat(before) + secret)));
    // What the bytes before and after it change is no part of it.
    const inner = text.replace(/=+$/, "").slice(before === 0 ? 0 : before + 1, -1);
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
  const written = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
  return [...new Set([...written, ...base64])];
}
