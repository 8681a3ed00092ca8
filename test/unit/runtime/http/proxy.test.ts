/** The way through a proxy: taken for other machines alone, and a proxy that says no is named as that. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, afterEach, describe, it } from "mocha";
import * as v from "valibot";
import { toRuntimeError } from "../../../../server/model/runtime-error.ts";
import { HttpClient } from "../../../../server/runtime/http/http-client.ts";
import { proxyFor } from "../../../../server/runtime/http/proxy.ts";
import { never } from "../../../support/host-fixture.ts";
import { listen } from "../../../support/listen.ts";
import { type ProxyWays, RecordingProxy } from "../../../support/recording-proxy.ts";

const closing: (() => void)[] = [];
const variables = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"] as const;

async function startProxy(ways: ProxyWays): Promise<RecordingProxy> {
  const proxy = await RecordingProxy.start(ways);
  closing.push(() => proxy.dispose());
  return proxy;
}

async function listening(server: ReturnType<typeof createServer>): Promise<string> {
  closing.push(() => server.close().closeAllConnections());
  return `http://${await listen(server)}`;
}

async function ask(url: string, limitMs = 5000): Promise<string> {
  const client = new HttpClient({ url, name: "openai" });
  try {
    return await client.json({ path: "a", schema: v.string(), limitMs }, never);
  } catch (error) {
    const { code, message, mend } = toRuntimeError(error);
    return `${code}: ${message} ${mend ?? ""}`;
  } finally {
    client.dispose();
  }
}

describe("the way through a proxy", () => {
  const before = variables.map((name) => [name, process.env[name]] as const);
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  after(() => closing.forEach((close) => close()));

  it("is taken to another machine", async () => {
    const target = await listening(createServer((_, response) => response.end('"fine"')));
    const proxy = await startProxy({ all: new URL(target).host });
    process.env["HTTP_PROXY"] = proxy.url;
    assert.equal(await ask("http://models.test:8000"), "fine");
    assert.deepEqual(proxy.hosts, ["models.test:8000"]);
  });

  it("is never taken to this machine", async () => {
    const proxy = await startProxy("refuses");
    process.env["HTTP_PROXY"] = proxy.url;
    const target = await listening(createServer((_, response) => response.end('"fine"')));
    assert.equal(await ask(target), "fine");
    assert.deepEqual(proxy.hosts, []);
  });

  it("is said to be shut where the proxy refuses", async () => {
    process.env["HTTPS_PROXY"] = (await startProxy("refuses")).url;
    assert.equal(
      await ask("https://models.test:8000"),
      "refused: The proxy does not let through to openai at https://models.test:8000. " +
        "Check HTTPS_PROXY, or name the host in NO_PROXY.",
    );
  });

  it("is said to lead nowhere where the proxy itself does not answer", async () => {
    process.env["HTTPS_PROXY"] = "http://127.0.0.1:9";
    assert.equal(
      await ask("https://models.test:8000"),
      "runtime-unreachable: The proxy 127.0.0.1:9 does not answer (ECONNREFUSED). " +
        "Check HTTPS_PROXY and HTTP_PROXY, or name the host in NO_PROXY.",
    );
  });

  it("is said to lead nowhere where the proxy takes the request and says nothing", async function () {
    this.timeout(20_000);
    const proxy = await startProxy("hangs");
    process.env["HTTPS_PROXY"] = proxy.url;
    assert.equal(
      await ask("https://models.test:8000", 20_000),
      `runtime-unreachable: The proxy ${new URL(proxy.url).host} does not answer (UND_ERR_HEADERS_TIMEOUT). ` +
        "Check HTTPS_PROXY and HTTP_PROXY, or name the host in NO_PROXY.",
    );
  });

  it("is given up at once by a limit or an abort, also before there is a connection", async () => {
    const proxy = await startProxy("hangs");
    process.env["HTTPS_PROXY"] = proxy.url;
    const url = "https://models.test:8000";
    assert.match(await ask(url, 50), /^timeout: openai at \S+ did not answer in time\./);
    const client = new HttpClient({ url, name: "openai" });
    const left = new AbortController();
    const parts = client.stream({ path: "a" }, left.signal).next();
    left.abort(new Error("left"));
    await assert.rejects(parts, /left/);
    client.dispose();
  });

  it("is said to be none where the variable holds no address", () => {
    process.env["HTTPS_PROXY"] = "proxy:3128";
    assert.throws(() => new HttpClient({ url: "https://models.test", name: "openai" }), {
      code: "refused",
      message: "HTTPS_PROXY is no address of a proxy: it must begin with http:// or https://.",
    });
  });
});

describe("proxyFor", () => {
  const both = { HTTP_PROXY: "http://plain:1", HTTPS_PROXY: "http://secure:2" };
  const rows: readonly (readonly [
    url: string,
    env: Readonly<Record<string, string>>,
    host: string | undefined,
  ])[] = [
    ["https://models.test", both, "secure:2"],
    ["http://models.test", both, "plain:1"],
    ["https://models.test", { HTTP_PROXY: "http://plain:1" }, "plain:1"],
    ["http://models.test", { HTTPS_PROXY: "http://secure:2" }, undefined],
    ["https://models.test", { ...both, https_proxy: "http://small:3" }, "small:3"],
    ["http://127.0.0.1:8080", both, undefined],
    ["https://models.test", { ...both, NO_PROXY: "*" }, undefined],
    ["https://models.test", { ...both, NO_PROXY: "other.test, models.test" }, undefined],
    ["https://gpu.models.test", { ...both, NO_PROXY: ".models.test" }, undefined],
    ["https://gpu.models.test", { ...both, NO_PROXY: "*.models.test" }, undefined],
    ["https://supermodels.test", { ...both, NO_PROXY: "models.test" }, "secure:2"],
    ["https://models.test", { ...both, NO_PROXY: "models.test:443" }, undefined],
    ["https://models.test:8000", { ...both, NO_PROXY: "models.test:443" }, "secure:2"],
    ["https://models.test", {}, undefined],
  ];
  for (const [url, env, host] of rows) {
    it(`${url} with ${JSON.stringify(env)}`, () => assert.equal(proxyFor(new URL(url), env)?.host, host));
  }
});
