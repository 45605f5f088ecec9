/** The parts refusals are made of; each provider puts them together in its own file. */
import type { Fault, Json, Rule } from "./accent.ts";

type Refuse = (name: string, at: number) => Fault;

export const words = (text: string): string[] => text.trim().split(/\s+/);

export const objectsOf = (value: unknown): Json[] => Array.isArray(value) ? value : [];

export const messagesOf = ({ messages }: Json): Json[] => objectsOf(messages);

export const callsOf = ({ tool_calls }: Json): Json[] => objectsOf(tool_calls);

/** Takes these top-level parameters and no other. */
export function parameters(known: string, refuse: (name: string) => Fault): Rule {
  const names = new Set(words(known));
  return (body) => {
    const stranger = Object.keys(body).find((name) => !names.has(name));
    return stranger === undefined ? undefined : refuse(stranger);
  };
}

/** Refuses a parameter unless `fits`; an absent one always does, and so does null. */
export function parameter(
  name: string,
  fits: (value: unknown, body: Json) => boolean,
  fault: Fault,
): Rule {
  return (body) => {
    const value = body[name] ?? null;
    return value === null || fits(value, body) ? undefined : { param: name, ...fault };
  };
}

/** A parameter that is refused whatever its value. */
export const never = (name: string, fault: Fault): Rule => parameter(name, () => false, fault);

export const oneOf = (...values: unknown[]) => (value: unknown) => values.includes(value);

/** Looks at one message after another. */
export function eachMessage(
  check: (message: Json, at: number) => Fault | undefined,
): Rule {
  return (body) => {
    for (const [at, message] of messagesOf(body).entries()) {
      const fault = check(message, at);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };
}

export function roles(known: string, refuse: Refuse): Rule {
  const names = words(known);
  return eachMessage(({ role }, at) =>
    names.includes(String(role)) ? undefined : refuse(String(role), at)
  );
}

/** Takes these keys in a message of a role and no other, whatever their value. */
export function messageKeys(known: Record<string, string>, refuse: Refuse): Rule {
  return eachMessage((message, at) => {
    const names = words(known[String(message.role)] ?? "");
    const stranger = Object.keys(message).find((name) => !names.includes(name));
    return stranger === undefined ? undefined : refuse(stranger, at);
  });
}

/** Refuses content that is a list of parts, for the roles named. */
export function plainText(among: string, refuse: (role: string, at: number) => Fault): Rule {
  const names = words(among);
  return eachMessage(({ role, content }, at) =>
    names.includes(String(role)) && Array.isArray(content) ? refuse(String(role), at) : undefined
  );
}

/** Looks at the parts of every message. */
export function eachPart(check: (part: Json, message: Json) => Fault | undefined): Rule {
  return eachMessage((message) => {
    for (const part of objectsOf(message.content)) {
      const fault = check(part, message);
      if (fault !== undefined) return fault;
    }
    return undefined;
  });
}

/** Assistants say something or call something. */
export const spokenContent = (fault: Fault, calls: "allowed" | "too"): Rule =>
  eachMessage((message) => {
    if (message.role !== "assistant" || typeof message.content === "string") return undefined;
    if (Array.isArray(message.content)) return undefined;
    return calls === "allowed" && callsOf(message).length > 0 ? undefined : fault;
  });

/** Every call is answered before the next speaker, and nothing else is answered. */
export function answeredCalls(fault: Fault): Rule {
  return (body) => {
    let owed: unknown[] = [];
    for (const message of messagesOf(body)) {
      if (message.role === "tool") {
        const at = owed.indexOf(message.tool_call_id);
        if (at < 0) return fault;
        owed.splice(at, 1);
        continue;
      }
      if (owed.length > 0) return fault;
      owed = callsOf(message).map(({ id }) => id);
    }
    return owed.length === 0 ? undefined : fault;
  };
}

/** The ids of calls, on both sides. */
export function callIds(pattern: RegExp, refuse: (id: string) => Fault): Rule {
  return eachMessage((message) => {
    const ids = callsOf(message).map(({ id }) => id);
    if (message.role === "tool") ids.push(message.tool_call_id);
    const odd = ids.find((id) => !pattern.test(String(id)));
    return ids.length === 0 || odd === undefined ? undefined : refuse(String(odd));
  });
}

/** Only for models whose name matches. */
export const forModels = (pattern: RegExp, rule: Rule): Rule => (body) =>
  pattern.test(String(body.model)) ? rule(body) : undefined;

/** The schema of a `json_schema` format in OpenAI's envelope. */
export function schemaOf({ response_format }: Json): { envelope: Json; schema: Json } | undefined {
  const { type, json_schema } = (response_format ?? {}) as { type?: string; json_schema?: Json };
  if (type !== "json_schema") return undefined;
  const envelope = json_schema ?? {};
  return { envelope, schema: (envelope.schema ?? {}) as Json };
}

/** `json_schema` comes as `{name, schema}`. */
export const schemaEnvelope = (fault: Fault): Rule => (body) => {
  const format = schemaOf(body);
  if (format === undefined) return undefined;
  const { name, schema } = format.envelope;
  return typeof name === "string" && name !== "" && typeof schema === "object" ? undefined : fault;
};

/** Every object in a schema, the schema itself included. */
export function* schemasIn(schema: unknown): Generator<Json> {
  if (typeof schema !== "object" || schema === null) return;
  if (!Array.isArray(schema)) yield schema as Json;
  for (const inner of Object.values(schema)) yield* schemasIn(inner);
}

/** An object that is closed and requires all it names. */
export function isClosed({ type, properties = {}, required = [], additionalProperties }: Json) {
  if (type !== "object") return true;
  const names = Object.keys(properties as Json);
  return additionalProperties === false &&
    names.every((name) => (required as string[]).includes(name));
}
