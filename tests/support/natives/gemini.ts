/** Gemini 3 at AI Studio and on Vertex AI. https://ai.google.dev/gemini-api/docs/thought-signatures */
import type { Fault, Json, Native, Spoken, Turn } from "./native.ts";
import { first, GREETING, isSeal, json, objects, seal, settled, words } from "./words.ts";

const refused = (message: string): Fault => ({ status: 400, type: "INVALID_ARGUMENT", message });

/** What both platforms take in place of a signature. */
export const DUMMY = "skip_thought_signature_validator";

interface Content {
  role: string;
  parts: Json[];
}

const contentsOf = ({ contents }: Json): Content[] =>
  objects(contents).map(({ role, parts }) => ({ role: String(role), parts: objects(parts) }));

const callOf = ({ functionCall }: Json) => functionCall as Json | undefined;
const resultOf = ({ functionResponse }: Json) => functionResponse as Json | undefined;

const signatureOf = ({ name, args }: Json): string => seal("gemini", settled({ name, args }));

function shapeFault(contents: readonly Content[]): Fault | undefined {
  if (contents.length === 0) return refused("contents is not specified");
  for (const { role, parts } of contents) {
    if (role !== "user" && role !== "model") {
      return refused("Please use a valid role: user, model.");
    }
    if (parts.length === 0) {
      return refused("Unable to submit request because it must include at least one parts field");
    }
  }
  return undefined;
}

/** Every turn of calls has as many results right after it, under the same names and ids. */
function callFault(contents: readonly Content[]): Fault | undefined {
  for (const [at, { role, parts }] of contents.entries()) {
    const results = parts.flatMap((part): Json[] => [resultOf(part) ?? []].flat());
    const owed = (contents[at - 1]?.parts ?? []).flatMap((part): Json[] =>
      [callOf(part) ?? []].flat()
    );
    if (results.length !== owed.length) {
      return refused(
        "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
      );
    }
    const odd = results.some(({ name, id }, place) =>
      name !== owed[place]!.name || id !== owed[place]!.id
    );
    if (odd) return refused("Function response does not match the function call.");
    const calls = parts.some((part) => callOf(part) !== undefined);
    if (calls && (role !== "model" || contents[at - 1]?.role !== "user")) {
      return refused(
        "Please ensure that function call turn comes immediately after a user turn or after a function response turn.",
      );
    }
  }
  const open = contents.at(-1)!.parts.some((part) => callOf(part) !== undefined);
  return open ? refused("Please ensure that function calls have a function response.") : undefined;
}

/** The first call of every step since the user last spoke is signed; what is signed is genuine. */
function signatureFault(contents: readonly Content[]): Fault | undefined {
  const spoken = contents.findLastIndex(({ role, parts }) =>
    role === "user" && parts.every((part) => resultOf(part) === undefined)
  );
  for (const [at, { parts }] of contents.entries()) {
    const call = parts.find((part) => callOf(part) !== undefined);
    if (call !== undefined && at > spoken && call.thoughtSignature === undefined) {
      return refused(
        `Function call is missing a thought_signature in functionCall parts. Additional data, function call \`default_api:${
          callOf(call)!.name
        }\` , position ${at}.`,
      );
    }
    for (const part of parts) {
      const { thoughtSignature: signature } = part;
      if (signature === undefined || signature === DUMMY) continue;
      const called = callOf(part);
      const genuine = called ? signature === signatureOf(called) : isSeal("gemini", signature);
      if (!genuine) return refused("Corrupted thought signature.");
    }
  }
  return undefined;
}

function partsOf({ thought, text, calls }: Turn, body: Json, id: (at: number) => Json): Json[] {
  const { thinkingConfig } = (body.generationConfig ?? {}) as { thinkingConfig?: Json };
  const said = text ?? (calls ? undefined : GREETING);
  return [
    ...(thought !== undefined && thinkingConfig?.includeThoughts === true
      ? [{ text: thought, thought: true }]
      : []),
    ...(said === undefined
      ? []
      : [{ text: said, ...(!calls && { thoughtSignature: seal("gemini", said) }) }]),
    ...(calls ?? []).map(({ name, args }, at) => ({
      functionCall: { ...id(at), name, args },
      // Of calls side by side only the first is signed.
      ...(at === 0 && { thoughtSignature: signatureOf({ name, args }) }),
    })),
  ];
}

const usageMetadata = {
  promptTokenCount: 20,
  candidatesTokenCount: 9,
  thoughtsTokenCount: 6,
  totalTokenCount: 35,
  cachedContentTokenCount: 4,
};

const piece = (parts: Json[], serial: number, finishReason?: string): Json => ({
  candidates: [{
    content: { role: "model", parts },
    index: 0,
    ...(finishReason && { finishReason }),
  }],
  usageMetadata,
  modelVersion: "gemini-3-pro-preview",
  responseId: `harbour-${serial}`,
});

/** Words come one by one; a text's signature rides on an empty text at the end. */
function streamed(parts: Json[], serial: number): Spoken {
  const pieces = parts.flatMap((part): Json[] => {
    if (part.text === undefined) return [part];
    const { text, thoughtSignature, ...rest } = part;
    const said = words(String(text)).map((word) => ({ text: word, ...rest }));
    return thoughtSignature === undefined ? said : [...said, { text: "", thoughtSignature }];
  });
  const events = [
    ...pieces.map((part) => piece([part], serial)),
    piece([{ text: "" }], serial, "STOP"),
  ];
  return {
    status: 200,
    type: "text/event-stream",
    pieces: events.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`),
  };
}

function retell(body: Json): string[] {
  return contentsOf(body).flatMap(({ role, parts }) =>
    parts.filter((part) => part.text !== "").map((part) => {
      const [call, result] = [callOf(part), resultOf(part)];
      if (call !== undefined) return `${call.name} ${JSON.stringify(call.args)}`;
      if (result !== undefined) {
        const { response } = result as { response: Json };
        return `= ${response.result ?? JSON.stringify(response)}`;
      }
      if (part.thought === true) return `thought: ${part.text}`;
      return `${role === "model" ? "assistant" : role}: ${part.text}`;
    })
  );
}

/** Gemini on one of Google's platforms. */
function gemini(
  { models, ids, opens, ...rest }:
    & Pick<Native, "name" | "slug" | "model" | "key" | "base">
    & {
      /** Where the models are. */
      models: string;
      /** Calls have ids. */
      ids: boolean;
      opens: (headers: Readonly<Record<string, string | undefined>>) => boolean;
    },
): Native {
  return {
    ...rest,
    thinks: true,
    signs: "gemini",
    judge({ path, headers, body }) {
      const [address, query] = path.split("?");
      const verb = /^(.*)\/gemini-3-pro-preview:(\w+)$/.exec(address!);
      if (
        verb?.[1] !== models || !["generateContent", "streamGenerateContent"].includes(verb[2]!)
      ) {
        return { status: 404, type: "NOT_FOUND", message: `${address} is not found` };
      }
      if (verb[2] === "streamGenerateContent" && query !== "alt=sse") {
        return refused("alt: this imitation streams events only");
      }
      if (!opens(headers)) {
        return {
          status: 401,
          type: "UNAUTHENTICATED",
          message: "Request had invalid credentials.",
        };
      }
      const contents = contentsOf(body);
      return first(
        () => shapeFault(contents),
        () => callFault(contents),
        () => signatureFault(contents),
      );
    },
    refuse: ({ status, message, type }) =>
      json(status, { error: { code: status, message, status: type ?? "INVALID_ARGUMENT" } }),
    speak(turn, { path, body }, serial) {
      const id = (at: number) => ids ? { id: `harbour${serial}${at}` } : {};
      const parts = partsOf(turn, body, id);
      if (path.includes(":stream")) return streamed(parts, serial);
      return json(200, piece(parts, serial, "STOP"));
    },
    retell,
  };
}

export const aiStudio = gemini({
  name: "google-ai-studio",
  slug: "google-ai-studio",
  model: "google-ai-studio/gemini-3-pro-preview",
  key: "AIzaHarbour",
  base: "/v1beta",
  models: "/v1beta/models",
  ids: true,
  opens: (headers) => headers["x-goog-api-key"] === "AIzaHarbour",
});

const PROJECT = "/v1/projects/harbour/locations/global";

export const vertex = gemini({
  name: "google-vertex-ai",
  slug: "google-vertex-ai",
  model: "google-vertex-ai/google/gemini-3-pro-preview",
  key: "ya29.harbour",
  base: PROJECT,
  models: `${PROJECT}/publishers/google/models`,
  ids: false,
  opens: ({ authorization }) => authorization === "Bearer ya29.harbour",
});
