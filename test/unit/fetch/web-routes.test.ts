/** The ways to other hosts: a proxy that does not lead there is named, none is waited for without end, none is believed unproved. */

import assert from "node:assert/strict";
import { createServer as createPlainServer } from "node:http";
import { createServer } from "node:https";
import type { Server } from "node:net";
import { afterEach, describe, it } from "mocha";
import { english } from "../../../server/base/l10n.ts";
import { explainFetchError } from "../../../server/fetch/explain-fetch-error.ts";
import { FetchError } from "../../../server/fetch/fetch-error.ts";
import { WebClient } from "../../../server/fetch/web-client.ts";
import { authority } from "../../support/certificates.ts";
import { listen } from "../../support/listen.ts";
import { type ProxyWays, RecordingProxy } from "../../support/recording-proxy.ts";

const never = new AbortController().signal;
const limits = { connectMs: 15_000, tunnelMs: 15_000, answerMs: 60_000 };

describe("the way to another host", () => {
  const started: { dispose(): void }[] = [];
  afterEach(() => {
    for (const one of started.splice(0)) one.dispose();
  });

  async function startProxy(ways: ProxyWays): Promise<RecordingProxy> {
    const proxy = await RecordingProxy.start(ways);
    started.push(proxy);
    return proxy;
  }

  async function startServer(server: Server): Promise<string> {
    const host = await listen(server);
    started.push({ dispose: () => server.close() });
    return host;
  }

  interface Asking {
    readonly url: string;
    readonly httpsProxy: string;
    readonly limits: Partial<typeof limits>;
    readonly signal: AbortSignal;
  }

  async function ask(asking: Partial<Asking>): Promise<void> {
    const { httpsProxy = "", signal = never } = asking;
    const client = new WebClient({ httpProxy: "", httpsProxy, noProxy: "" }, { ...limits, ...asking.limits });
    started.push(client);
    const url = new URL(asking.url ?? "https://models.test/x");
    const reply = await client.open({ url, hosts: new Set([url.host]) }, signal);
    if (reply.kind === "answer") reply.answer.discard();
  }

  async function failure(asking: Partial<Asking>): Promise<string> {
    const error = await ask(asking).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof FetchError, String(error));
    const { code, message } = explainFetchError(error, english);
    return `${code}: ${message}`;
  }

  it("is said to be barred where the proxy refuses", async () => {
    const { url } = await startProxy("refuses");
    assert.equal(
      await failure({ httpsProxy: url }),
      `proxy-refuses: The proxy ${new URL(url).host} does not let through to models.test (HTTP 403).`,
    );
  });

  it("is said to end at the host where the proxy does not reach it", async () => {
    const { url } = await startProxy(new Map());
    assert.equal(
      await failure({ httpsProxy: url }),
      `unreachable: models.test does not answer (HTTP 502, ${new URL(url).host}).`,
    );
  });

  it("is said to end at a proxy that takes the request and says nothing", async () => {
    const { url } = await startProxy("hangs");
    assert.match(
      await failure({ httpsProxy: url, limits: { tunnelMs: 100 } }),
      /^proxy-silent: The proxy 127\S+ does not answer \(UND_ERR_HEADERS_TIMEOUT\)\.$/,
    );
  });

  it("is said to end at a proxy that is not there, or is none", async () => {
    const server = createPlainServer();
    const gone = await startServer(server);
    await new Promise((resolve) => server.close(resolve));
    assert.equal(
      await failure({ httpsProxy: `http://${gone}` }),
      `proxy-silent: The proxy ${gone} does not answer (ECONNREFUSED).`,
    );
    const odd = createPlainServer().on("connect", (_, socket) => socket.end("\0\u0001 hi\r\n\r\n"));
    assert.match(
      await failure({ httpsProxy: `http://${await startServer(odd)}` }),
      /^proxy-silent: .*HTTPParserError/,
    );
  });

  for (const address of ["proxy:3128", "http://[::1", "ftp://x", "http://proxy:99999"])
    it(`does not begin at ${address}`, async () => {
      assert.equal(
        await failure({ httpsProxy: address }),
        "proxy-unclear: HTTPS_PROXY is no address of a proxy: it must begin with http:// or https://.",
      );
    });

  it("is given up at once when nobody wants it any more, also before there is a connection", async () => {
    const proxy = await startProxy("hangs");
    const left = new AbortController();
    const asked = ask({ httpsProxy: proxy.url, signal: left.signal });
    left.abort(new Error("left"));
    await assert.rejects(asked, /left/);
  });

  it("is not waited for without end where nobody answers", async () => {
    const silent = await startServer(createPlainServer(() => {}));
    const url = `http://${silent}/x`;
    assert.match(await failure({ url, limits: { answerMs: 100 } }), /^too-slow: /);
  });

  it("is said to lead in a circle where one address names the next", async () => {
    const host = await startServer(
      createPlainServer((_, response) => response.writeHead(302, { location: "/x" }).end()),
    );
    assert.match(await failure({ url: `http://${host}/x` }), /^circular: /);
  });

  it("leads to nothing but the web, and a file is called one", async () => {
    const to = { location: "file:///etc/passwd" };
    const host = await startServer(createPlainServer((_, response) => response.writeHead(302, to).end()));
    assert.equal(
      await failure({ url: `http://${host}/x` }),
      `host-unconfirmed: ${host} sends the download on to file:, which you have not confirmed.`,
    );
  });

  describe("whatever NODE_TLS_REJECT_UNAUTHORIZED says", () => {
    const name = "NODE_TLS_REJECT_UNAUTHORIZED";
    const before = process.env[name];
    afterEach(() => {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    });

    it("ends where the host cannot prove who it is, also behind a proxy", async () => {
      process.env[name] = "0";
      const certificate = authority("Nobody").issue({ names: ["127.0.0.1", "models.test"] });
      const host = await startServer(createServer(certificate, (_, response) => response.end("mine")));
      assert.match(await failure({ url: `https://${host}/x` }), /^untrusted: /);
      const proxy = await startProxy({ all: host });
      assert.match(await failure({ httpsProxy: proxy.url }), /^untrusted: models\.test /);
    });
  });
});
