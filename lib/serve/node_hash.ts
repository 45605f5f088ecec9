import { hash } from "node:crypto";

/** SHA-256 as lower-case hex, at a fortieth of WebCrypto's cost. */
export const nodeHash = (text: string): string => hash("sha256", text);
