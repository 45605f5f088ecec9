/** Google's and Amazon's doors on this machine: they want what their real ones want, and say what they got. */
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";
import { accountText } from "../support/google.ts";
import { verified } from "../support/rsa_key.ts";
import { CREDENTIALS, signature } from "../support/sigv4.ts";
import { pause } from "../support/waiting.ts";

const GEMINI = {
  candidates: [{ content: { role: "model", parts: [{ text: "good" }] }, finishReason: "STOP" }],
};
const CONVERSE = {
  output: { message: { role: "assistant", content: [{ text: "good" }] } },
  stopReason: "end_turn",
  usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
};

const REGION = "eu-west-1";
const PROJECT = "/v1/projects/acme-prod/locations/global";

/** The text of a chat request. */
export function question(model: string): string {
  return JSON.stringify({ model, messages: [{ role: "user", content: "hello" }] });
}

/** One for all tests of a file. */
export class Cloud {
  exchanges = 0;
  readonly #server = http.createServer((req, res) => void this.#serve(req, res));
  readonly #listening = new Promise<void>((resolve) =>
    this.#server.listen(0, "127.0.0.1", resolve)
  );

  constructor() {
    after(() => void this.#server.close());
  }

  async url(): Promise<string> {
    await this.#listening;
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** As a file would have it. */
  async config(): Promise<object> {
    const url = await this.url();
    return {
      providers: {
        "google-vertex-ai": {
          apiKey: JSON.stringify(JSON.parse(accountText()), null, 2),
          baseUrl: url + PROJECT,
          tokenUrl: `${url}/token`,
        },
        "aws-bedrock": { ...CREDENTIALS, sessionToken: "SESSION", region: REGION, baseUrl: url },
      },
    };
  }

  /** As the environment would, but for what only a file can say. */
  async environment(): Promise<Record<string, string>> {
    const url = await this.url();
    const tokenUrl = `${url}/token`;
    return {
      DRAGOMAN_CONFIG: JSON.stringify({ providers: { "google-vertex-ai": { tokenUrl } } }),
      GOOGLE_VERTEX_CREDENTIALS: accountText(),
      GOOGLE_VERTEX_BASE_URL: url + PROJECT,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_SESSION_TOKEN: "SESSION",
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
    };
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    let body = "";
    for await (const text of req.setEncoding("utf8")) body += text;
    try {
      const answer = await this.#answer(req, body);
      res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    } catch (error) {
      const message = error instanceof Error ? error.message : "no";
      res.writeHead(403, { "content-type": "application/json" });
      res.end(JSON.stringify({ message, error: { code: 403, message } }));
    }
  }

  async #answer(req: IncomingMessage, body: string): Promise<unknown> {
    const path = req.url ?? "";
    if (path === "/token") return await this.#token(body);
    if (path.startsWith("/v1/")) return checkToken(req);
    return checkSignature(req, body);
  }

  async #token(body: string): Promise<unknown> {
    await verified(new URLSearchParams(body).get("assertion") ?? "");
    this.exchanges++;
    await pause(50);
    return { access_token: "ya29.good", expires_in: 3599, token_type: "Bearer" };
  }
}

function checkToken({ url, headers }: IncomingMessage): unknown {
  if (headers.authorization !== "Bearer ya29.good") throw new Error("no such token");
  if (url !== `${PROJECT}/publishers/google/models/gemini-x:generateContent`) {
    throw new Error(`no such path: ${url}`);
  }
  return GEMINI;
}

function checkSignature({ url = "", headers }: IncomingMessage, body: string): unknown {
  const datetime = String(headers["x-amz-date"]);
  const path = url.split("/").map(encodeURIComponent).join("/");
  const signed = {
    host: String(headers.host),
    "x-amz-date": datetime,
    "x-amz-security-token": String(headers["x-amz-security-token"]),
  };
  const facts = { datetime, region: REGION, service: "bedrock", path, headers: signed, body };
  if (!headers.authorization?.endsWith(`Signature=${signature(facts)}`)) {
    throw new Error("the signature does not match");
  }
  return CONVERSE;
}
