/** Why nobody is reached: each with one sentence and one mend, which names the setting of that runtime. */

import assert from "node:assert/strict";
import type { LookupFunction } from "node:net";
import { describe, it } from "mocha";
import * as v from "valibot";
import { english } from "../../../../server/base/l10n.ts";
import { explainError } from "../../../../server/model/explain-error.ts";
import { toRuntimeError } from "../../../../server/model/runtime-error.ts";
import { HttpClient } from "../../../../server/runtime/http/http-client.ts";
import { connectionError } from "../../../../server/runtime/http/http-errors.ts";
import { patientLookup } from "../../../../server/runtime/http/patient-lookup.ts";
import { never } from "../../../support/host-fixture.ts";

const origin = "http://models.test:1";

function said(code: string, name = "openai"): string {
  const error = connectionError(name, { origin }, Object.assign(new Error("no"), { code }));
  const { message, mend } = explainError(error, english);
  return `${error.code} | ${message.replace(/^[^:]*: /, "")} | ${mend}`;
}

describe("who is not reached", () => {
  const rows: readonly (readonly [code: string, name: string, expected: string])[] = [
    [
      "ECONNREFUSED",
      "Ollama",
      `runtime-unreachable | Ollama does not answer at ${origin} (ECONNREFUSED). | Start it there, or correct runtimes.ollama.url.`,
    ],
    [
      "EHOSTUNREACH",
      "llama-server",
      `runtime-unreachable | llama-server does not answer at ${origin} (EHOSTUNREACH). | Check runtimes.llamaServer.url, and whether a firewall stands in between.`,
    ],
    [
      "ENOTFOUND",
      "openai",
      `runtime-unreachable | No name server knows the host of ${origin}. | Correct runtimes.openai.url, or connect to the network in which that name is known.`,
    ],
    [
      "EAI_AGAIN",
      "openai",
      `runtime-unreachable | The name server does not answer: where ${origin} is, is not known. | Check the network, or put the number of the machine into runtimes.openai.url.`,
    ],
    [
      "ECONNRESET",
      "openai",
      `runtime-crashed | openai at ${origin} broke off in the middle of an answer. | It is asked again with the next request. If that goes on, look into its own log.`,
    ],
    ...["HPE_INVALID_CONSTANT", "HTTPParserError", "UND_ERR_HEADERS_OVERFLOW"].map(
      (code) =>
        [
          code,
          "Ollama",
          `runtime-unreachable | What answers at ${origin} is not Ollama. | Correct runtimes.ollama.url, or end the program that has the port.`,
        ] as const,
    ),
  ];
  for (const [code, name, expected] of rows) {
    it(code, () => assert.equal(said(code, name), expected));
  }
});

it("what speaks no TLS behind a proxy is told with the proxy", () => {
  const proxy = new URL("http://proxy.test:3128");
  const cause = Object.assign(new Error("no"), { code: "ERR_SSL_WRONG_VERSION_NUMBER" });
  const error = connectionError("openai", { origin: "https://models.test", proxy }, cause);
  assert.equal(
    error.message,
    "The proxy proxy.test:3128 does not lead to https://models.test: no TLS comes from there.",
  );
});

describe("a name server that hangs", () => {
  const hangs: LookupFunction = () => undefined;
  it("is given up before the connection is, and named", async () => {
    const client = new HttpClient({ url: origin, name: "openai", lookup: patientLookup(hangs, 20) });
    const asked = client.json({ path: "a", schema: v.string(), limitMs: 5000 }, never);
    const error = await asked.catch(toRuntimeError);
    client.dispose();
    assert.ok(error instanceof Error);
    assert.equal(error.message, `The name server does not answer: where ${origin} is, is not known.`);
  });
  it("that answers late is not heard twice", async () => {
    const answers: (() => void)[] = [];
    const late: LookupFunction = (_host, _options, callback) =>
      void answers.push(() => callback(null, "127.0.0.1", 4));
    const heard: unknown[] = [];
    await new Promise<void>((resolve) => {
      patientLookup(late, 1)("models.test", {}, (error) => {
        heard.push(error?.code);
        resolve();
      });
    });
    for (const answer of answers) answer();
    assert.deepEqual(heard, ["DNS_TIMEOUT"]);
  });
});
