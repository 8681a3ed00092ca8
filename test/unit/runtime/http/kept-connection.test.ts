/** A server that closes the connection which it kept open, just when the next request has gone out on it. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import * as v from "valibot";
import { HttpClient } from "../../../../server/runtime/http/http-client.ts";

const never = new AbortController().signal;
const request = { path: "x", schema: v.object({ answer: v.number() }), limitMs: 5000 };

describe("a connection that is kept", () => {
  /** Answers the first request of each connection, and cuts it at the next; `always` cuts at the first too. */
  async function asked(
    cuts: "later" | "always",
  ): Promise<{ readonly answers: number[]; readonly requests: number }> {
    const seen = new Set<Socket>();
    let requests = 0;
    const server = createServer((message, response) => {
      requests++;
      if (cuts === "always" || seen.has(message.socket)) return void message.socket.destroy();
      seen.add(message.socket);
      response.setHeader("content-type", "application/json").end(JSON.stringify({ answer: seen.size }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const client = new HttpClient({ url: `http://127.0.0.1:${port}`, name: "server" });
    const answers: number[] = [];
    try {
      for (let time = 0; time < 3; time++) answers.push((await client.json(request, never)).answer);
      return { answers, requests };
    } catch (error) {
      assert.equal((error as { code?: string }).code, "runtime-crashed");
      return { answers, requests };
    } finally {
      client.dispose();
      server.close();
    }
  }

  it("may be closed by the server: the request is asked once more", async () => {
    const { answers, requests } = await asked("later");
    assert.deepEqual(answers, [1, 2, 3]);
    assert.ok(requests > answers.length, "no connection was cut");
  });
  it("that ends twice is an error", async () => {
    assert.deepEqual(await asked("always"), { answers: [], requests: 2 });
  });
});
