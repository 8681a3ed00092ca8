/** How long a server is waited for that takes a text and says nothing. */

import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import { afterEach, describe, it } from "mocha";
import { RuntimeError, toRuntimeError } from "../../../../server/model/runtime-error.ts";
import { HttpClient } from "../../../../server/runtime/http/http-client.ts";
import { jsonLines } from "../../../../server/runtime/http/json-lines.ts";
import { serverSentEvents } from "../../../../server/runtime/http/server-sent-events.ts";
import { whileHeard } from "../../../../server/runtime/http/while-heard.ts";
import { never } from "../../../support/host-fixture.ts";
import { listen } from "../../../support/listen.ts";

type Reader = (chunks: AsyncIterable<string>) => AsyncIterable<string>;

/** Written again and again: it keeps the connection, and is no part of an answer. */
const signsOfLife: Readonly<Record<string, readonly [text: string, read: Reader]>> = {
  comments: [": ping\n\n", serverSentEvents],
  "empty lines": ["\n", jsonLines],
};

describe("a server that takes a text and says nothing", () => {
  const closing: (() => void)[] = [];
  afterEach(() => closing.splice(0).forEach((close) => close()));

  async function clientOf(answer: RequestListener): Promise<HttpClient> {
    const server = createServer(answer);
    const client = new HttpClient({ url: `http://${await listen(server)}`, name: "Ollama" });
    closing.push(
      () => client.dispose(),
      () => server.close().closeAllConnections(),
    );
    return client;
  }

  const repeating =
    (text: string): RequestListener =>
    (_, response) => {
      const timer = setInterval(() => response.write(text), 5);
      response.once("close", () => clearInterval(timer));
    };

  async function heard(client: HttpClient, read: Reader, signal: AbortSignal, ms?: number): Promise<number> {
    let parts = 0;
    const ask = (stop: AbortSignal) => read(client.stream({ path: "a" }, stop));
    for await (const _part of whileHeard(client, ask, signal, ms)) parts++;
    return parts;
  }

  for (const [name, [text, read]] of Object.entries(signsOfLife)) {
    it(`is given up, whatever keeps the connection: ${name}`, async () => {
      const client = await clientOf(repeating(text));
      const error = await heard(client, read, never, 100).catch(toRuntimeError);
      assert.ok(error instanceof RuntimeError);
      assert.equal(error.code, "timeout");
      assert.match(error.message, /^Ollama at \S+ took the text 0 minutes ago and has not answered since\.$/);
    });
  }

  it("is heard to the end where a part comes now and then", async () => {
    const client = await clientOf((_, response) => {
      let left = 6;
      const timer = setInterval(() => {
        response.write(`data: ${left}\n\n`);
        if (--left > 0) return;
        clearInterval(timer);
        response.end();
      }, 50);
    });
    assert.equal(await heard(client, serverSentEvents, never, 200), 6);
  });

  it("is left at once by an abort", async () => {
    const client = await clientOf(() => undefined);
    const left = new AbortController();
    const reading = heard(client, jsonLines, left.signal);
    left.abort(new Error("left"));
    await assert.rejects(reading, /left/);
  });
});
