/**
 * Workers KV as workerd's binding asks for it over HTTP: what is behind the binding is not part of workerd. It
 * refuses what Cloudflare refuses, and is consistent at once.
 */
interface Kept {
  value: string;
  metadata: string;
  /** Milliseconds since the epoch. */
  expires: number;
}

const kept = new Map<string, Kept>();

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    // The binding escapes more of a key when it deletes.
    const key = decodeURIComponent(pathname);
    if (request.method === "PUT") {
      const ttl = Number(searchParams.get("expiration_ttl") ?? Infinity);
      if (ttl < 60) return new Response("expiration_ttl must be at least 60", { status: 400 });
      const metadata = request.headers.get("cf-kv-metadata") ?? "null";
      kept.set(key, {
        value: await request.text(),
        metadata,
        expires: Date.now() + ttl * 1000,
      });
      return new Response();
    }
    if (request.method === "DELETE") {
      kept.delete(key);
      return new Response();
    }
    const { value, metadata, expires } = kept.get(key) ?? { metadata: "null", expires: 0 };
    if (expires <= Date.now()) return new Response(null, { status: 404 });
    return new Response(value, { headers: { "cf-kv-metadata": metadata } });
  },
};
