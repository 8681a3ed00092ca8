/** The proxy that the environment names for an address. */

import { isProxyAddress, proxyTo, readProxies } from "../../base/proxies.ts";
import { RuntimeError } from "../../model/runtime-error.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Undefined where the way is direct, as it always is to this machine. Throws a RuntimeError where it is no address. */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  const named = proxyTo(url, readProxies(env));
  if (!named) return undefined;
  if (isProxyAddress(named.address)) return new URL(named.address);
  throw new RuntimeError("refused", "{0} is no address of a proxy: it must begin with http:// or https://.", {
    values: [named.variable, "http://proxy.example:3128"],
    mend: "Set {0} to the proxy's address, such as {1}.",
  });
}
