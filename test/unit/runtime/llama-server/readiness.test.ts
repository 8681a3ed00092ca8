/** How far a llama-server is, by what it answers and what it writes. */

import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { readiness, saysItListens } from "../../../../server/runtime/llama-server/readiness.ts";
import type { Readiness } from "../../../../server/runtime/supervisor/program.ts";
import { never } from "../../../support/host-fixture.ts";
import { illServer } from "../../../support/ill-server.ts";

async function check(
  fact: string,
  status: number,
  body: string,
  expected: Readiness["state"] | { readonly code: string },
): Promise<void> {
  const illness = { fact, answer: (response: ServerResponse) => void response.writeHead(status).end(body) };
  const server = await illServer({ illness });
  const at = { port: Number(new URL(server.url).port), url: server.url, key: "secret" };
  try {
    const said = readiness(at, never);
    if (typeof expected === "string") assert.deepEqual(await said, { state: expected });
    else await assert.rejects(said, expected);
    assert.deepEqual(server.asked, ["GET /health"]);
  } finally {
    await server.dispose();
  }
}

describe("the readiness of a llama-server", () => {
  it("is there when it is healthy", () => check("200", 200, '{"status":"ok"}', "ready"));
  it("is on the way while the model loads", () =>
    check(
      "server-http.cpp, middleware_server_state",
      503,
      '{"error":{"message":"Loading model","type":"unavailable_error","code":503}}',
      "starting",
    ));
  it("is not that of another program", () =>
    check("a web server", 200, "<html>ok</html>", { code: "runtime-unreachable" }));
});

const at = { port: 4321, url: "http://127.0.0.1:4321", key: "secret" };

describe("the line by which a llama-server says that it listens", () => {
  for (const line of [
    "0.00.049.270 I srv  llama_server: listening on http://127.0.0.1:4321",
    "main: server is listening on http://127.0.0.1:4321 - starting the main loop",
    "main: HTTP server is listening, hostname: 127.0.0.1, port: 4321, http threads: 3",
  ])
    it(line, () => assert.ok(saysItListens(line, at)));
  for (const line of [
    "listening on http://127.0.0.1:43210",
    "listening on http://127.0.0.1:1432",
    "couldn't bind, hostname: 127.0.0.1, port: 4321",
  ])
    it(`not ${line}`, () => assert.ok(!saysItListens(line, at)));
});
