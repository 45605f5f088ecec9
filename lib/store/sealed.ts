/** Sealing texts before they leave for an engine that others can read, or write. */
import { bytesOfText, textOfBytes } from "../byte_text.ts";
import type { Random } from "../random.ts";

/** What is sealed with one key: nothing sealed for one purpose, or for one tenant, opens for another. */
export type SealPurpose = "cache" | "provider-keys" | "thoughts";

/** Seals texts for one purpose, and one tenant where there is one. */
export interface Seal {
  /**
   * The text, well-formed Unicode, as it may be kept anywhere; another one each time. `context` says where it will be
   * kept, the store's key as a rule: moved elsewhere it does not open.
   */
  seal(text: string, context: string): Promise<string>;
  /** The text again; `undefined` for what was changed, moved, sealed for somebody else, or never sealed. */
  open(sealed: string, context: string): Promise<string | undefined>;
}

/** Gives the seal of a purpose; cheap, since keys are remembered. */
export type SealFor = (purpose: SealPurpose, tenant?: string) => Seal;

/** How a sealed text begins; after it the nonce, the ciphertext and its tag, in base64. */
const VERSION = "s1.";

/** Bytes, as NIST SP 800-38D §8.2.2 has them for nonces that are drawn: good for 2^32 texts a key. */
const NONCE = 12;

/** Bytes of a tag. */
const TAG = 16;

/** Derived keys that are remembered; what was not used for longest goes first. A derivation takes about 0.1 ms. */
const MOST_KEYS = 1000;

/**
 * Seals by the gateway's secrets: the first one seals, all of them open, so that a secret can be replaced without
 * forgetting what is kept. AES-256-GCM, whose key is derived from the secret, the purpose and the tenant with
 * HKDF-SHA-256.
 */
export function createSeals(secrets: readonly string[], random: Random): SealFor {
  const materials = secrets.map((secret) => new TextEncoder().encode(secret));
  /** In the order of their last use. */
  const derived = new Map<string, Promise<CryptoKey>>();

  function keyOf(at: number, info: string): Promise<CryptoKey> {
    const name = `${at} ${info}`;
    const key = derived.get(name) ?? deriveKey(materials[at]!, info);
    derived.delete(name);
    derived.set(name, key);
    if (derived.size > MOST_KEYS) derived.delete(derived.keys().next().value!);
    return key;
  }

  return (purpose, tenant) => {
    const info = JSON.stringify(["dragoman", purpose, ...(tenant === undefined ? [] : [tenant])]);
    return {
      async seal(text, context) {
        return await encrypt(await keyOf(0, info), random(NONCE), text, context);
      },
      async open(sealed, context) {
        const bytes = bytesOfSealed(sealed);
        if (bytes === undefined) return undefined;
        for (const at of materials.keys()) {
          const text = await decrypt(await keyOf(at, info), bytes, context);
          if (text !== undefined) return text;
        }
        return undefined;
      },
    };
  };
}

async function encrypt(
  key: CryptoKey,
  nonce: Uint8Array,
  text: string,
  context: string,
): Promise<string> {
  const bytes = await crypto.subtle.encrypt(
    aesGcm(nonce, context),
    key,
    new TextEncoder().encode(text),
  );
  return VERSION + btoa(textOfBytes(nonce) + textOfBytes(new Uint8Array(bytes)));
}

async function decrypt(
  key: CryptoKey,
  bytes: Uint8Array,
  context: string,
): Promise<string | undefined> {
  try {
    const parameters = aesGcm(bytes.slice(0, NONCE), context);
    const text = await crypto.subtle.decrypt(parameters, key, bytes.slice(NONCE));
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(text);
  } catch (error) {
    // The one error of a tag that does not fit.
    if (error instanceof DOMException && error.name === "OperationError") return undefined;
    throw error;
  }
}

function aesGcm(nonce: Uint8Array, context: string): AesGcmParams {
  const additionalData = new TextEncoder().encode(context);
  return { name: "AES-GCM", iv: nonce.slice(), additionalData, tagLength: 8 * TAG };
}

function bytesOfSealed(sealed: string): Uint8Array | undefined {
  if (!sealed.startsWith(VERSION)) return undefined;
  try {
    const bytes = bytesOfText(atob(sealed.slice(VERSION.length)));
    return bytes.length < NONCE + TAG ? undefined : bytes;
  } catch {
    return undefined; // no base64, and so nothing of ours
  }
}

async function deriveKey(secret: Uint8Array, info: string): Promise<CryptoKey> {
  const bits = await hkdfSha256(secret, new Uint8Array(0), new TextEncoder().encode(info), 32);
  return await crypto.subtle.importKey("raw", bits.slice(), "AES-GCM", false, [
    "encrypt",
    "decrypt",
  ]);
}

/** HKDF-SHA-256 (RFC 5869): `length` bytes of a secret. */
export async function hkdfSha256(
  secret: Uint8Array,
  salt: Uint8Array,
  info: Uint8Array,
  length: number,
): Promise<Uint8Array> {
  const base = await crypto.subtle.importKey("raw", secret.slice(), "HKDF", false, ["deriveBits"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt: salt.slice(), info: info.slice() };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, base, 8 * length));
}
