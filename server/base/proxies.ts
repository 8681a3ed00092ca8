/** The proxies that a person has named, and which of them leads to an address: as curl and undici read them. */

import { isLoopback } from "./loopback.ts";

/** Addresses as they were written, empty for none, and the hosts that are reached without. */
export interface Proxies {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

export interface NamedProxy {
  readonly variable: "HTTP_PROXY" | "HTTPS_PROXY";
  readonly address: string;
}

/** The lower-case names count first; one that is empty means none. */
export function readProxies(env: Readonly<Record<string, string | undefined>>): Proxies {
  const read = (name: string) => env[name.toLowerCase()] ?? env[name] ?? "";
  return { httpProxy: read("HTTP_PROXY"), httpsProxy: read("HTTPS_PROXY"), noProxy: read("NO_PROXY") };
}

/** Undefined where the way is direct, as it always is to this machine. What is named may be no address. */
export function proxyTo(url: URL, { httpProxy, httpsProxy, noProxy }: Proxies): NamedProxy | undefined {
  if (isLoopback(url) || isExcepted(url, noProxy)) return undefined;
  if (url.protocol === "https:" && httpsProxy !== "") return { variable: "HTTPS_PROXY", address: httpsProxy };
  // It counts for both where it alone is set.
  return httpProxy === "" ? undefined : { variable: "HTTP_PROXY", address: httpProxy };
}

export function isProxyAddress(address: string): boolean {
  return URL.canParse(address) && /^(https?|socks5?):$/.test(new URL(address).protocol);
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
