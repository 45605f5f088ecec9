/** Google as a `fetch` function: an endpoint that gives tokens, and Vertex, which wants them. */
import { type FetchInit, type FetchLike, textBody } from "../../lib/fetch_like.ts";
import { rfcPem } from "./rsa_key.ts";

export const TOKEN_URL = "https://oauth2.googleapis.com/token";

const PEM = await rfcPem();

export const EMAIL = "robot@acme-prod.iam.gserviceaccount.com";

/** A service account as the console downloads it. */
export function serviceAccount(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: "service_account",
    project_id: "acme-prod",
    private_key_id: "0123abcd",
    private_key: PEM,
    client_email: EMAIL,
    client_id: "1234567890",
    auth_uri: "https://accounts.google.com/o/oauth2/auth",
    token_uri: TOKEN_URL,
    universe_domain: "googleapis.com",
    ...more,
  };
}

/** The same as one JSON text. */
export const accountText = (more: Record<string, unknown> = {}): string =>
  JSON.stringify(serviceAccount(more));

/** A line of the account's private key. */
export const KEY_LINE: string = PEM.split("\n")[5]!;

const GEMINI = {
  candidates: [{ content: { role: "model", parts: [{ text: "Hello" }] }, finishReason: "STOP" }],
};

type Answer = (init: FetchInit, count: number) => Response | Promise<Response>;

/** What Google was asked, and how it answers. */
export class Google {
  readonly exchanges: { url: string; form: URLSearchParams; init: FetchInit }[] = [];
  readonly calls: { url: string; headers: Headers }[] = [];
  /** Gives tokens: `ya29.1`, `ya29.2` …, for an hour. */
  token: Answer = (_, count) =>
    Response.json({ access_token: `ya29.${count}`, expires_in: 3599, token_type: "Bearer" });
  call: Answer = () => Response.json(GEMINI);

  readonly fetch: FetchLike = async (url, init) => {
    if (init.headers["content-type"] === "application/x-www-form-urlencoded") {
      this.exchanges.push({ url, init, form: new URLSearchParams(textBody(init)) });
      return await this.token(init, this.exchanges.length);
    }
    this.calls.push({ url, headers: new Headers(init.headers) });
    return await this.call(init, this.calls.length);
  };

  /** What the calls showed, in order. */
  get shown(): (string | null)[] {
    return this.calls.map(({ headers }) => headers.get("authorization"));
  }
}
