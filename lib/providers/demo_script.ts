/** What the demo is told to do by the prompt. */
import type { ChatRequest, Message } from "../chat/request.ts";

export type DemoScript =
  | { do: "echo"; text: string }
  /** Calls a tool with arguments as JSON text. */
  | { do: "call"; tool: string; arguments: string }
  /** Answers with an error status. */
  | { do: "fail"; status: number }
  /** Says nothing for so many seconds, then echoes. */
  | { do: "stall"; seconds: number; text: string }
  /** Says half of the text, then an error inside the stream. */
  | { do: "break"; text: string }
  /** Says half of the text and ends without a finish. */
  | { do: "cut"; text: string };

/**
 * Reads the last message. Commands stand at its start:
 * `/fail 503`, `/stall 20`, `/break`, `/cut`, `/call get_weather {"city":"Paris"}`; a forced `tool_choice`
 * calls that tool with no arguments. The model `backup` obeys none, so that a route can fall back to it.
 */
export function readScript(request: ChatRequest, model: string): DemoScript {
  const text = textOf(request.messages.at(-1));
  const command = model === "backup" ? null : /^\/(\w+)\s*([\s\S]*)$/.exec(text);
  return commanded(command?.[1], command?.[2] ?? "") ?? forcedCall(request) ?? { do: "echo", text };
}

function commanded(name: string | undefined, rest: string): DemoScript | undefined {
  switch (name) {
    case "fail": {
      const status = Number.parseInt(rest, 10);
      return { do: "fail", status: status >= 400 && status <= 599 ? status : 500 };
    }
    case "stall": {
      const [seconds = ""] = rest.split(/\s/, 1);
      const text = rest.slice(seconds.length).trim();
      return {
        do: "stall",
        seconds: Number.parseFloat(seconds) || 5,
        text: text || "Awake again.",
      };
    }
    case "break":
      return { do: "break", text: rest || "This answer breaks off in the middle." };
    case "cut":
      return { do: "cut", text: rest || "This answer is cut off in the middle." };
    case "call": {
      const [tool = ""] = rest.split(/\s/, 1);
      return { do: "call", tool, arguments: rest.slice(tool.length).trim() || "{}" };
    }
  }
  return undefined;
}

/** Once a tool has answered, the answer is echoed, or the conversation would never end. */
function forcedCall({ messages, toolChoice, tools }: ChatRequest): DemoScript | undefined {
  if (messages.at(-1)?.role === "tool") return undefined;
  const forced = toolChoice?.type === "tool"
    ? toolChoice.name
    : toolChoice?.type === "required"
    ? tools?.[0]?.name
    : undefined;
  return forced === undefined ? undefined : { do: "call", tool: forced, arguments: "{}" };
}

/** The words of a message; a tool's result counts as words. */
export function textOf(message: Message | undefined): string {
  const texts = (message?.parts ?? []).flatMap((part) => {
    if (part.type === "text") return [part.content];
    if (part.type !== "tool_call_response") return [];
    return part.response.flatMap((piece) => piece.type === "text" ? [piece.content] : []);
  });
  return texts.join("\n");
}
