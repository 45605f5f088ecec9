import { GatewayError, isGatewayError } from "../errors.ts";
import { type JsonText, scanObject } from "../json/scan_object.ts";
import { concatBytes } from "../stream/bytes.ts";
import type { Incoming } from "./incoming.ts";

/** Reads a request's body as one strict JSON object; throws 2100, 2101 or 2102 saying what is wrong with it. */
export async function readJsonBody(incoming: Incoming, limit: number): Promise<JsonText> {
  return scanObject(decodeUtf8(await readPlain(incoming, limit)));
}

/** Reads a request's body as text that may be any JSON; throws as {@linkcode readJsonBody} does. */
export async function readTextBody(incoming: Incoming, limit: number): Promise<string> {
  return decodeUtf8(await readPlain(incoming, limit));
}

function readPlain(incoming: Incoming, limit: number): Promise<Uint8Array> {
  const encoding = incoming.headers.get("content-encoding");
  if (encoding !== null && encoding !== "identity") {
    throw new GatewayError(2102, "The body is compressed, which is not read: send plain JSON", {
      param: "content-encoding",
    });
  }
  return readWholeBody(incoming, limit);
}

const lenient = new TextDecoder();
const strict = new TextDecoder("utf-8", { fatal: true });

/** Deno takes fifteen times as long to decode strictly, and only a replacement character calls for it. */
function decodeUtf8(bytes: Uint8Array): string {
  const text = lenient.decode(bytes);
  if (!text.includes("\ufffd")) return text;
  try {
    return strict.decode(bytes);
  } catch (cause) {
    throw new GatewayError(2100, "Cannot read the body as JSON: it is not UTF-8", { cause });
  }
}

/** Reads a request's body whole; throws 2100 or 2101. */
export async function readWholeBody(
  incoming: Incoming,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const declared = incoming.headers.get("content-length");
  if (declared !== null && Number(declared) > limit) throw tooLarge(limit);
  try {
    if (declared === null) return await readUpTo(incoming.body, limit);
    // A server holds the sender to the length he declared; a program's own Request may say anything.
    const bytes = new Uint8Array(await incoming.arrayBuffer());
    if (bytes.length > limit) throw tooLarge(limit);
    return bytes;
  } catch (cause) {
    // A caller who leaves while he sends is no defect of ours.
    if (isGatewayError(cause)) throw cause;
    throw new GatewayError(2100, "Cannot read the body: it broke off before its end", { cause });
  }
}

async function readUpTo(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = body?.getReader();
  for (;;) {
    const read = await reader?.read();
    if (read?.value === undefined) break;
    length += read.value.length;
    if (length > limit) {
      await reader?.cancel();
      throw tooLarge(limit);
    }
    pieces.push(read.value);
  }
  // Bodies lie in memory of their own, which the web's types don't tell.
  return concatBytes(pieces) as Uint8Array<ArrayBuffer>;
}

function tooLarge(limit: number): GatewayError {
  return new GatewayError(
    2101,
    `The body is larger than ${limit} bytes, the limit set by bodyLimit`,
  );
}
