import { extensionsOf, foreignMembers } from "../../chat/extension.ts";
import type { Extended, Extensions } from "../../chat/request.ts";
import { isObject, type Json, objectOf, textOf } from "../../json/fields.ts";
import { PROTOCOL } from "./profile.ts";

/** What this protocol keeps in the extensions of things. */
export const { extend, extensionOf } = extensionsOf(PROTOCOL);

/** What other protocols have put there, in one object. */
export function foreignOf(thing: Extended): Json {
  return Object.fromEntries(foreignMembers(thing, PROTOCOL));
}

/** OpenAI's dialect, for which Google itself has defined where a signature goes. */
const OPENAI = "openai_chat";

/** https://ai.google.dev/gemini-api/docs/thought-signatures, "OpenAI compatibility" */
function asExtraContent(signature: string): Json {
  return { extra_content: { google: { thought_signature: signature } } };
}

/** A signed call, for this protocol and for clients of OpenAI's. */
export function signedCall(signature: string | undefined, rest: Json): { extensions?: Extensions } {
  if (signature === undefined) return extend(rest);
  return {
    extensions: {
      [PROTOCOL]: { ...rest, thoughtSignature: signature },
      [OPENAI]: asExtraContent(signature),
    },
  };
}

/** What is kept of a choice: this protocol's own, and what OpenAI's dialect has a word for. */
export function choiceExtensions(
  own: Json,
  logprobs: Json | undefined,
  textSignature: string | undefined,
): Extensions | undefined {
  const openai = {
    ...(logprobs !== undefined && { logprobs }),
    ...(textSignature !== undefined && { message: asExtraContent(textSignature) }),
  };
  const extensions = {
    ...(Object.keys(own).length > 0 && { [PROTOCOL]: own }),
    ...(Object.keys(openai).length > 0 && { [OPENAI]: openai }),
  };
  return Object.keys(extensions).length === 0 ? undefined : extensions;
}

/**
 * The signature of a part or message: this protocol's own, Google's name for it in OpenAI's dialect, or
 * the names by which other gateways have taught clients to carry it.
 */
export function signatureOf(thing: Extended): string | undefined {
  if (thing.extensions === undefined) return undefined;
  const own = textOf(extensionOf(thing).thoughtSignature);
  if (own !== undefined) return own;
  const { extra_content, provider_specific_fields, inner } = foreignOf(thing);
  const google = isObject(extra_content) ? objectOf(extra_content.google) : {};
  return textOf(google.thought_signature) ??
    textOf(objectOf(provider_specific_fields).thought_signature) ??
    textOf(objectOf(inner).thought_signature);
}
