import net from "node:net";

/** One sentence about why the server could not listen, with a port that is free where that helps. */
export async function explainListenError(
  error: unknown,
  host: string,
  port: number,
): Promise<string> {
  const { code, name, message } = error as { code?: string; name?: string; message?: string };
  if (code === "EADDRINUSE" || name === "AddrInUse") {
    const free = await freePort(host, port);
    return `port ${port} on ${host} is taken; port ${free} is free: --port ${free}`;
  }
  if (code === "EACCES" || name === "PermissionDenied") {
    return `port ${port} may not be used by this user; take one above 1023`;
  }
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND" || name === "AddrNotAvailable") {
    return `${host} is not an address of this machine`;
  }
  return `cannot listen on ${host}:${port}: ${code ?? message ?? "unknown error"}`;
}

/** One of the twenty ports after `taken`, so that it is easy to remember, else any; any at once for 0. */
export async function freePort(host: string, taken: number): Promise<number> {
  const last = taken === 0 ? 0 : Math.min(taken + 20, 65_535);
  for (let port = taken + 1; port <= last; port++) {
    if (await listens(host, port) !== undefined) return port;
  }
  return await listens(host, 0) ?? 0;
}

/** Whether `port` could be listened on at this moment. */
export async function isFree(host: string, port: number): Promise<boolean> {
  return await listens(host, port) !== undefined;
}

/** The port that could be listened on for a moment. */
function listens(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, host, () => {
      const { port: got } = server.address() as net.AddressInfo;
      server.close(() => resolve(got));
    });
  });
}
