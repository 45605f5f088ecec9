/** What every program does with its gateway: asks `demo/echo` for a whole answer and for a stream. */

const QUESTION = "Good morning, dragoman";

/** `QUESTION / QUESTION` when both came as they should. */
export async function ask(
  send: (request: Request) => Promise<Response>,
  origin = "http://gateway.test",
): Promise<string> {
  const post = async (stream: boolean) => {
    const messages = [{ role: "user", content: QUESTION }];
    const response = await send(
      new Request(`${origin}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: "demo/echo", stream, messages }),
      }),
    );
    return await response.text();
  };
  return `${wholeText(await post(false))} / ${streamedText(await post(true))}`;
}

function wholeText(answer: string): string {
  return JSON.parse(answer).choices?.[0].message.content ?? answer;
}

function streamedText(stream: string): string {
  if (!stream.endsWith("data: [DONE]\n\n")) return stream;
  const chunks = [...stream.matchAll(/^data: (\{.*)$/gm)].map(([, json]) => JSON.parse(json ?? ""));
  return chunks.map(({ choices: [choice] }) => choice?.delta.content ?? "").join("");
}

/** Prints what a program found, for the test that ran it. */
export function report(found: Record<string, string>): void {
  console.log(JSON.stringify(found));
}
