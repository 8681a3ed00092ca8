/** The ways from here to other hosts: direct, or by the proxy that a person has named. Certificates are always checked. */

import { Agent, type Dispatcher, Pool, ProxyAgent } from "undici";
import type { Disposable } from "../base/disposable.ts";
import { isProxyAddress, type Proxies, proxyTo } from "../base/proxies.ts";
import { FetchError } from "./fetch-error.ts";

export interface WebRoute {
  readonly agent: Dispatcher;
  readonly proxy: URL | undefined;
}

export interface RouteLimits {
  readonly connectMs: number;
  /** Until a proxy says whether it leads to the host. */
  readonly tunnelMs: number;
}

/** Whatever NODE_TLS_REJECT_UNAUTHORIZED says: who stands in between would choose what is fetched. */
const tls = { rejectUnauthorized: true } as const;
// Whoever asks has limits of their own for the headers, and for a body that stalls.
const patient = { headersTimeout: 0, bodyTimeout: 0, pipelining: 1 };

export class WebRoutes implements Disposable {
  readonly #proxies: Proxies;
  readonly #limits: RouteLimits;
  readonly #direct: Dispatcher;
  readonly #byProxy = new Map<string, Dispatcher>();

  constructor(proxies: Proxies, limits: RouteLimits) {
    this.#proxies = proxies;
    this.#limits = limits;
    this.#direct = new Agent({ ...patient, connect: { timeout: limits.connectMs, ...tls } });
  }

  /** Throws a FetchError where what is named as the proxy is no address. */
  to(url: URL): WebRoute {
    const named = proxyTo(url, this.#proxies);
    if (!named) return { agent: this.#direct, proxy: undefined };
    if (!isProxyAddress(named.address)) throw new FetchError("proxy-unclear", { values: [named.variable] });
    const proxy = new URL(named.address);
    const agent = this.#byProxy.get(proxy.href) ?? agentBy(proxy, this.#limits);
    this.#byProxy.set(proxy.href, agent);
    return { agent, proxy };
  }

  dispose(): void {
    for (const agent of [this.#direct, ...this.#byProxy.values()]) void agent.destroy();
  }
}

function agentBy({ href: uri }: URL, { connectMs, tunnelMs }: RouteLimits): Dispatcher {
  const clientFactory = (origin: URL, own: object) => new Pool(origin, { ...own, headersTimeout: tunnelMs });
  const proxyTls = { timeout: connectMs, ...tls };
  return new ProxyAgent({ ...patient, uri, requestTls: tls, proxyTls, clientFactory });
}
