/** Which proxy leads to an address, by what a person's environment says. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isProxyAddress, proxyTo, readProxies } from "../../../server/base/proxies.ts";

type Environment = Readonly<Record<string, string>>;

const both = { HTTP_PROXY: "http://p:1", HTTPS_PROXY: "http://s:2" };

describe("the proxy to an address", () => {
  const rows: readonly (readonly [env: Environment, url: string, address: string | undefined])[] = [
    [{}, "https://a.test", undefined],
    [both, "https://a.test", "http://s:2"],
    [both, "http://a.test", "http://p:1"],
    [{ HTTP_PROXY: "http://p:1" }, "https://a.test", "http://p:1"],
    [{ HTTPS_PROXY: "http://s:2" }, "http://a.test", undefined],
    [{ ...both, https_proxy: "http://lower:3" }, "https://a.test", "http://lower:3"],
    [{ HTTPS_PROXY: "http://s:2", https_proxy: "" }, "https://a.test", undefined],
    [both, "http://127.0.0.1:8080", undefined],
    [both, "http://localhost", undefined],
    [both, "http://[::1]:1", undefined],
    [{ ...both, NO_PROXY: "a.test" }, "https://a.test", undefined],
    [{ ...both, NO_PROXY: "b.test, .a.test" }, "https://x.a.test", undefined],
    [{ ...both, NO_PROXY: "*.a.test" }, "https://x.a.test:4", undefined],
    [{ ...both, NO_PROXY: "a.test:443" }, "https://a.test", undefined],
    [{ ...both, NO_PROXY: "a.test:80" }, "https://a.test", "http://s:2"],
    [{ ...both, NO_PROXY: "test" }, "https://attest", "http://s:2"],
    [{ ...both, NO_PROXY: "a.test", no_proxy: "" }, "https://a.test", "http://s:2"],
    [{ ...both, NO_PROXY: "*" }, "https://a.test", undefined],
    [{ HTTPS_PROXY: "proxy:3128" }, "https://a.test", "proxy:3128"],
  ];
  for (const [env, url, address] of rows)
    it(`${JSON.stringify(env)} to ${url}`, () =>
      assert.equal(proxyTo(new URL(url), readProxies(env))?.address, address));
});

describe("the address of a proxy", () => {
  for (const address of ["http://p:1", "https://u:w@p", "socks5://p:1080"])
    it(`may be ${address}`, () => assert.ok(isProxyAddress(address)));
  for (const address of ["proxy:3128", "http://[::1", "ftp://x", "http://p:99999", "", "p"])
    it(`cannot be ${JSON.stringify(address)}`, () => assert.ok(!isProxyAddress(address)));
});
