/** Cap'n Proto text for workerd: one Worker from `worker.js`, its options from `options.json` beside it. */
export function workerdConfig(address: string, loopback: boolean): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "2025-09-01",
      bindings = [
        (name = "OPTIONS", text = embed "options.json"),
        (name = "LOOPBACK", text = "${loopback ? "yes" : "no"}")
      ],
      globalOutbound = "net"
    )),
    (name = "net", network = (
      allow = ["public", "private", "local", "network"],
      tlsOptions = (trustBrowserCas = true)
    ))
  ],
  sockets = [(name = "http", address = ${JSON.stringify(address)}, http = (), service = "main")]
);
`;
}
