/**
 * Shapes on the wire, with Google's spelling: what this codec writes. What it reads is checked member by
 * member, since nobody vouches for it. https://ai.google.dev/api/generate-content
 */
import type { Json } from "../../json/fields.ts";

/** A piece of a turn: one of its members says which. */
export interface WirePart {
  text?: string;
  /** The text is a thought. */
  thought?: boolean;
  /** Opaque; must come back on the same part. */
  thoughtSignature?: string;
  inlineData?: { mimeType: string; data: string };
  fileData?: { mimeType?: string; fileUri: string };
  /** In how much detail it is looked at. */
  mediaResolution?: { level: string };
  functionCall?: { id?: string; name: string; args?: Json };
  functionResponse?: { id?: string; name: string; response: Json; parts?: WirePart[] };
}

/** One turn; the system instruction has no role. */
export interface WireContent {
  role?: "user" | "model";
  parts: WirePart[];
}

/** A function the client runs; at most one of the two kinds of schema. */
export interface WireFunction {
  name: string;
  description?: string;
  /** OpenAPI's subset. */
  parameters?: Json;
  /** JSON Schema. */
  parametersJsonSchema?: Json;
}

/** One of the answers. */
export interface WireCandidate {
  content: WireContent;
  finishReason?: string;
  index: number;
}

/** A whole answer, or one event of a stream. */
export interface WireAnswer {
  candidates?: WireCandidate[];
  usageMetadata?: Json;
  modelVersion?: string;
  responseId?: string;
}
