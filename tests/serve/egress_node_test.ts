import { assert, assertEquals, assertRejects } from "@std/assert";
import https from "node:https";
import type net from "node:net";
import type { LookupFunction } from "node:net";
import process from "node:process";
import { test } from "node:test";
import tls from "node:tls";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import zlib from "node:zlib";
import { createNodeFetch } from "../../lib/serve/node_egress.ts";
import { type Certificate, certificateFor } from "./certificate.ts";
import { httpUpstream, listening, pause, rawUpstream, until, type Upstream } from "./support.ts";

const init = (more: object = {}) => ({
  method: "GET",
  headers: {},
  redirect: "manual" as const,
  signal: new AbortController().signal,
  ...more,
});

const OK = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n";

async function withUpstream(upstream: Upstream, body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } finally {
    await upstream.close();
  }
}

test("a body goes out with its length in bytes, and the answer comes back", async () => {
  let seen = "";
  const upstream = await httpUpstream((req, res) => {
    req.setEncoding("utf8").on("data", (data) => seen += data);
    req.on("end", () => {
      seen += ` ${req.headers["content-length"]} ${req.headers["transfer-encoding"]} ${req.url}`;
      res.setHeader("x-two", ["a", "b"]);
      res.end("\ufeffgrüße");
    });
  });
  await withUpstream(upstream, async () => {
    const fetchLike = createNodeFetch();
    const answer = await fetchLike(
      `${upstream.url}/a%20b?c=ü`,
      init({ method: "POST", body: "ä" }),
    );
    assertEquals(await answer.text(), "grüße");
    assertEquals(answer.headers.get("X-Two"), "a, b");
    assertEquals(seen, "ä 2 undefined /a%20b?c=%C3%BC");
    const long = "ö".repeat(100_000);
    for (const body of [long, Buffer.from(long)]) {
      seen = "";
      await (await fetchLike(upstream.url, init({ method: "POST", body }))).text();
      assertEquals(seen, `${long} 200000 undefined /`);
    }
    assert([...answer.headers].some(([name]) => name === "x-two"));
  });
});

const ENCODERS = {
  gzip: zlib.gzipSync,
  deflate: zlib.deflateSync,
  br: zlib.brotliCompressSync,
  ...(zlib.zstdCompressSync && { zstd: zlib.zstdCompressSync }),
};

test("every offered encoding is decoded, whole and streamed", async () => {
  const upstream = await httpUpstream((req, res) => {
    const name = req.url!.slice(1) as keyof typeof ENCODERS;
    assert(req.headers["accept-encoding"]!.includes(name));
    res.writeHead(200, { "content-encoding": name });
    res.end(ENCODERS[name]("hello ".repeat(1000)));
  });
  await withUpstream(upstream, async () => {
    const fetchLike = createNodeFetch();
    for (const name of Object.keys(ENCODERS)) {
      const whole = await fetchLike(`${upstream.url}/${name}`, init());
      assertEquals(await whole.text(), "hello ".repeat(1000), name);
      const streamed = await fetchLike(`${upstream.url}/${name}`, init());
      assertEquals(await new Response(streamed.body).text(), "hello ".repeat(1000), name);
    }
  });
});

test("a body cut short is an error, never an end", async () => {
  const short = [
    "content-length: 10\r\n\r\nhello",
    "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
    `content-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  ];
  for (const rest of short) {
    const upstream = await rawUpstream((socket) =>
      socket.once("data", () => {
        socket.end(`${OK}${rest}`);
      })
    );
    await withUpstream(upstream, async () => {
      const fetchLike = createNodeFetch();
      const whole = await fetchLike(upstream.url, init());
      await assertRejects(() => whole.text(), TypeError);
      const streamed = await fetchLike(upstream.url, init());
      await assertRejects(() => new Response(streamed.body).text());
      const late = await fetchLike(upstream.url, init());
      await pause(20);
      await assertRejects(() => late.text(), TypeError, "cut short");
    });
  }
});

test(
  "over TLS a host must prove its name; its connections are pooled and its sessions resumed",
  async () => {
    const certificate = certificateFor("provider.test");
    trust(certificate.cert);
    const upstream = await tlsUpstream(certificate);
    const lookup: LookupFunction = (_, { all }, found) => {
      if (all === true) found(null, [{ address: "127.0.0.1", family: 4 }]);
      else found(null, "127.0.0.1", 4);
    };
    await withUpstream(upstream, async () => {
      const fetchLike = createNodeFetch({ lookup });
      const ask = async (host: string) => {
        const answer = await fetchLike(`https://${host}:${upstream.port}/`, init());
        return await answer.text();
      };
      assertEquals([await ask("provider.test"), await ask("provider.test")], [
        "provider.test, a new session",
        "provider.test, a new session",
      ]);
      assertEquals(upstream.connections, 1);
      const [, second] = await Promise.all([ask("provider.test"), ask("provider.test")]);
      assertEquals([second, upstream.connections], ["provider.test, a known session", 2]);
      const error = await assertRejects(() => ask("other.test"), TypeError);
      assertEquals((error.cause as { code: string }).code, "ERR_TLS_CERT_ALTNAME_INVALID");

      const asked: string[] = [];
      const proxy = await proxyTo(upstream, asked);
      const env = { https_proxy: `http://me:pass@127.0.0.1:${proxy.port}` };
      const through = createNodeFetch({ env });
      for (let turn = 0; turn < 2; turn++) {
        const answer = await through(`https://provider.test:${upstream.port}/`, init());
        assertEquals(await answer.text(), "provider.test, a new session");
      }
      assertEquals(asked.length, 1);
      assert(/proxy-authorization: basic bWU6cGFzcw==/i.test(asked[0]!));
      await proxy.close();
    });
  },
);

test("a refused connection keeps its code", async () => {
  const upstream = await rawUpstream(() => {});
  await upstream.close();
  const error = await assertRejects(() => createNodeFetch()(upstream.url, init()), TypeError);
  assertEquals((error.cause as { code: string }).code, "ECONNREFUSED");
});

test("an abort rejects at once in every phase, and closes the connection", async () => {
  let open = 0;
  const upstream = await rawUpstream((socket) => {
    open++;
    socket.on("close", () => open--);
    socket.on("data", (data) => {
      if (data.includes("/body")) socket.write(`${OK}content-length: 99\r\n\r\nhello`);
    });
  });
  await withUpstream(upstream, async () => {
    const fetchLike = createNodeFetch();
    const reason = new DOMException("gone", "AbortError");
    const caught = (work: Promise<unknown>) => work.then(() => "no error", (error) => error);

    assertEquals(
      await caught(fetchLike(upstream.url, init({ signal: AbortSignal.abort(reason) }))),
      reason,
    );
    const connecting = new AbortController();
    const connect = caught(fetchLike(upstream.url, init({ signal: connecting.signal })));
    connecting.abort(reason);
    assertEquals(await connect, reason);

    const waiting = new AbortController();
    const headers = caught(fetchLike(upstream.url, init({ signal: waiting.signal })));
    await until(() => open > 0, "the request arrives");
    waiting.abort(reason);
    assertEquals(await headers, reason);

    for (const read of ["text", "body"] as const) {
      const reading = new AbortController();
      const answer = await fetchLike(`${upstream.url}/body`, init({ signal: reading.signal }));
      const body = caught(read === "text" ? answer.text() : new Response(answer.body).text());
      await pause(10);
      reading.abort(reason);
      assertEquals(await body, reason);
    }
    await until(() => open === 0, "all connections are closed");
  });
});

test("a pooled connection that died is replaced once, without an error", async () => {
  let requests = 0;
  const upstream = await rawUpstream((socket, count) => {
    socket.on("data", () => {
      requests++;
      // The first connection answers once, and breaks when it is used again.
      if (count === 1 && requests === 2) socket.resetAndDestroy();
      else socket.write(`${OK}content-length: 2\r\n\r\nok`);
    });
  });
  await withUpstream(upstream, async () => {
    const fetchLike = createNodeFetch();
    const post = () => fetchLike(upstream.url, init({ method: "POST", body: "x" }));
    assertEquals(await (await post()).text(), "ok");
    assertEquals(await (await post()).text(), "ok");
    assertEquals([requests, upstream.connections], [3, 2]);
  });
});

test("a fresh connection that breaks is not tried again", async () => {
  const upstream = await rawUpstream((socket) => socket.on("data", () => socket.resetAndDestroy()));
  await withUpstream(upstream, async () => {
    const error = await assertRejects(() => createNodeFetch()(upstream.url, init()), TypeError);
    assertEquals((error.cause as { code: string }).code, "ECONNRESET");
    assertEquals(upstream.connections, 1);
  });
});

test("a prompt is let go of when its answer begins", async () => {
  const upstream = await httpUpstream((req, res) => {
    req.resume();
    req.on("end", () => res.write("begun"));
  });
  await withUpstream(upstream, async () => {
    const fetchLike = createNodeFetch();
    const { arrayBuffers: before } = process.memoryUsage();
    const megabytes = (count: number) => new Uint8Array(count * 1_000_000);
    const ask = () => fetchLike(upstream.url, init({ method: "POST", body: megabytes(4) }));
    const answers = await Promise.all(Array.from({ length: 10 }, ask));
    const sources = answers.map((answer) => answer.source!());
    await Promise.all(sources.map((source) => source.next()));
    await until(() => {
      collectGarbage();
      return process.memoryUsage().arrayBuffers - before < 20_000_000;
    }, "40 MB are free again");
    for (const source of sources) source.cancel();
  });
});

test(
  "nobody is asked for the rest of an upload that the provider has answered, or dropped",
  async () => {
    const answers = [`${OK}content-length: 2\r\n\r\nno`, ""];
    for (const answer of answers) {
      const upstream = await rawUpstream((socket) => socket.on("data", () => socket.end(answer)));
      await withUpstream(upstream, async () => {
        let cancelled = false;
        const body = new ReadableStream<Uint8Array>({
          start: (controller) => controller.enqueue(Buffer.from("the first of many pieces")),
          cancel: () => void (cancelled = true),
        });
        const asked = createNodeFetch()(upstream.url, init({ method: "POST", body }));
        const said = await asked.then((response) => response.text(), () => "");
        assertEquals(said, answer === "" ? "" : "no");
        await until(() => cancelled, "the rest is not wanted any more");
      });
    }
  },
);

test("a slow reader stops the provider, and cancelling closes its connection", async () => {
  let written = 0;
  let closed = false;
  const block = Buffer.alloc(65_536, 120);
  const upstream = await httpUpstream((_req, res) => {
    const more = () => {
      while (!res.destroyed) {
        written += block.length;
        if (!res.write(block)) break;
      }
    };
    res.on("drain", more);
    res.on("close", () => closed = true);
    more();
  });
  await withUpstream(upstream, async () => {
    for (const path of ["/", "/again"]) {
      closed = false;
      const answer = await createNodeFetch()(`${upstream.url}${path}`, init());
      const reader = answer.body!.getReader();
      await reader.read();
      await pause(150);
      const before = written;
      await pause(150);
      assertEquals(written, before);
      await reader.cancel();
      await until(() => closed, "the provider sees the departure");
    }
  });
});

test("redirects are handed back, answers without a body have none", async () => {
  const upstream = await httpUpstream((req, res) => {
    if (req.url === "/204") return res.writeHead(204).end();
    res.writeHead(302, { location: "/other" }).end();
  });
  await withUpstream(upstream, async () => {
    const fetchLike = createNodeFetch();
    const redirect = await fetchLike(upstream.url, init());
    assertEquals([redirect.status, redirect.headers.get("location")], [302, "/other"]);
    assertEquals(await redirect.text(), "");
    const empty = await fetchLike(`${upstream.url}/204`, init());
    assertEquals([empty.body, await empty.text()], [null, ""]);
    const head = await fetchLike(upstream.url, init({ method: "HEAD" }));
    assertEquals(head.body, null);
  });
});

test("what can't be sent is a rejection, not an exception", async () => {
  const fetchLike = createNodeFetch();
  for (const url of ["ftp://x/", "nonsense", "http://"]) {
    await assertRejects(() => fetchLike(url, init()), TypeError);
  }
  const headers = { "x-bad": "a\r\nb" };
  await assertRejects(() => fetchLike("http://127.0.0.1:1/", init({ headers })), TypeError);
});

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

function trust(certificate: string): void {
  tls.setDefaultCACertificates([...tls.getCACertificates(), certificate]);
}

/** Tells what name was asked for, and whether the session is one from before. */
function tlsUpstream(certificate: Certificate): Promise<Upstream> {
  const server = https.createServer(certificate, ({ socket }, res) => {
    const { servername, isSessionReused } = socket as tls.TLSSocket & { servername: string };
    const known = isSessionReused.call(socket) ? "known" : "new";
    res.end(`${servername}, a ${known} session`);
  });
  return listening(server);
}

/** A proxy that notes what it is asked for and leads everything to one upstream. */
function proxyTo(upstream: Upstream, asked: string[]): Promise<Upstream> {
  return rawUpstream((client) => {
    client.once("data", (data: Buffer) => {
      asked.push(data.toString("latin1"));
      void import("node:net").then(({ connect }) => {
        const target: net.Socket = connect(upstream.port, "127.0.0.1");
        target.on("error", () => client.destroy());
        if (data.toString("latin1").startsWith("CONNECT")) client.write("HTTP/1.1 200 OK\r\n\r\n");
        else target.write(data);
        client.pipe(target).pipe(client);
      });
    });
  });
}

test("a plain proxy gets the absolute form, and its user", async () => {
  const upstream = await httpUpstream((_req, res) => res.end("through"));
  const asked: string[] = [];
  const proxy = await proxyTo(upstream, asked);
  await withUpstream(upstream, async () => {
    const env = { http_proxy: `http://me:pass@127.0.0.1:${proxy.port}`, NO_PROXY: "direct.test" };
    const answer = await createNodeFetch({ env })("http://provider.test/v1?x=1", init());
    assertEquals(await answer.text(), "through");
    assert(asked[0]!.startsWith("GET http://provider.test/v1?x=1 HTTP/1.1\r\n"));
    assert(/proxy-authorization: basic bWU6cGFzcw==/i.test(asked[0]!));
    assert(/\r\nhost: provider\.test\r\n/i.test(asked[0]!));
    const local = await createNodeFetch({ env })(upstream.url, init());
    assertEquals([await local.text(), asked.length], ["through", 1]);
  });
  await proxy.close();
});

test(
  "an https request goes through a CONNECT tunnel; a refused tunnel is an error",
  async () => {
    let hello = 0;
    const upstream = await rawUpstream((socket) =>
      socket.once("data", (data) => {
        hello = data[0]!;
        socket.destroy();
      })
    );
    const asked: string[] = [];
    const proxy = await proxyTo(upstream, asked);
    const refusing = await rawUpstream((socket) =>
      socket.once("data", () => socket.end("HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n"))
    );
    await withUpstream(upstream, async () => {
      const through = (port: number) =>
        createNodeFetch({ env: { HTTPS_PROXY: `127.0.0.1:${port}` } })(
          "https://provider.test/",
          init(),
        );
      await assertRejects(() => through(proxy.port), TypeError);
      assert(asked[0]!.startsWith("CONNECT provider.test:443 HTTP/1.1\r\n"));
      assertEquals(hello, 22); // the first byte of a TLS handshake
      const error = await assertRejects(() => through(refusing.port), TypeError);
      assert(String((error.cause as Error).message).includes("407"));
    });
    await proxy.close();
    await refusing.close();
  },
);
