/** A good whole answer in Anthropic's dialect; the model is called what the provider says. */
export function claudeAnswer(model: string): Response {
  return Response.json({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model,
    content: [{ type: "text", text: "Hi" }],
    stop_reason: "end_turn",
    usage: { input_tokens: 1, output_tokens: 1 },
  });
}
