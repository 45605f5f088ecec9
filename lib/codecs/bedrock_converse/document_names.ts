/**
 * Names of documents, which the model sees: letters, digits, single spaces, hyphens and brackets, each name
 * once. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
 */
export class DocumentNames {
  readonly #taken = new Set<string>();

  /** A valid name that resembles the file's. */
  take(filename = ""): string {
    const base = plain(filename.slice(filename.lastIndexOf("/") + 1)) || "Document";
    let name = base;
    for (let count = 2; this.#taken.has(name); count++) name = `${base} ${count}`;
    this.#taken.add(name);
    return name;
  }
}

const LONGEST = 190;

function plain(filename: string): string {
  return filename.replace(/\.[A-Za-z0-9]{1,5}$/, "").replace(/[^A-Za-z0-9()[\]-]+/g, " ").trim()
    .slice(0, LONGEST).trim();
}
