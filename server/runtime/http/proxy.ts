/** The proxy that the environment names for an address, as undici and curl read it. */

import { RuntimeError } from "../../model/runtime-error.ts";
import { isLoopback } from "../discovery/loopback-json.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Undefined where the way is direct, as it always is to this machine. Throws a RuntimeError where it is no address. */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  if (isLoopback(url) || isExcepted(url, env["no_proxy"] ?? env["NO_PROXY"] ?? "")) return undefined;
  // Where only one is set it counts for both, as in undici.
  const names = url.protocol === "https:" ? ["HTTPS_PROXY", "HTTP_PROXY"] : ["HTTP_PROXY"];
  for (const name of names) {
    const address = env[name.toLowerCase()] || env[name];
    if (!address) continue;
    if (URL.canParse(address) && /^(https?|socks5?):$/.test(new URL(address).protocol))
      return new URL(address);
    throw new RuntimeError(
      "refused",
      "{0} is no address of a proxy: it must begin with http:// or https://.",
      {
        values: [name, "http://proxy.example:3128"],
        mend: "Set {0} to the proxy's address, such as {1}.",
      },
    );
  }
  return undefined;
}

/** Names with or without a port; each stands for what is below it too. */
function isExcepted({ hostname, protocol, port }: URL, exceptions: string): boolean {
  const usual = protocol === "https:" ? "443" : "80";
  return exceptions.split(/[,\s]+/).some((entry) => {
    if (entry === "*") return true;
    const [, host = entry, wanted = ""] = /^(.+):(\d+)$/.exec(entry) ?? [];
    const name = host.replace(/^\*?\./, "").toLowerCase();
    if (name === "" || (wanted !== "" && wanted !== (port || usual))) return false;
    return hostname === name || hostname.endsWith(`.${name}`);
  });
}
