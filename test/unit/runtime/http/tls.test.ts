/** Who is believed over TLS, and who is not: there is no switch to go on. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createPlainServer } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { SecureVersion } from "node:tls";
import { after, describe, it } from "mocha";
import * as v from "valibot";
import { toRuntimeError } from "../../../../server/model/runtime-error.ts";
import { HttpClient, type TlsFiles } from "../../../../server/runtime/http/http-client.ts";
import { authority, type Certificate } from "../../../support/certificates.ts";
import { never } from "../../../support/host-fixture.ts";

const ours = authority("Ours");
const theirs = authority("Theirs");
const me = ours.issue({ names: ["me"] });
const trusting: TlsFiles = { ca: ours.cert };
const known: TlsFiles = { ca: ours.cert, ...me };

interface Served {
  readonly certificate?: Certificate;
  readonly maxVersion?: SecureVersion;
  /** Lets in only who has a certificate of ours. */
  readonly asks?: "certificate";
}

const closing: (() => void)[] = [];

/** Returns the error's sentence, or `answered`. */
async function ask(served: Served, tls: TlsFiles, host = "127.0.0.1"): Promise<string> {
  let answered = 0;
  const { certificate = ours.issue(), maxVersion = "TLSv1.3", asks } = served;
  const mutual = asks ? { requestCert: true, rejectUnauthorized: true, ca: ours.cert } : {};
  const server = createServer({ ...certificate, ...mutual, maxVersion }, (_, response) => {
    answered++;
    response.end('"fine"');
  });
  server.listen(0, "127.0.0.1");
  closing.push(() => server.close().closeAllConnections());
  await once(server, "listening");
  const url = `https://${host}:${(server.address() as AddressInfo).port}`;
  const client = new HttpClient({ url, name: "openai", tls });
  closing.push(() => client.dispose());
  try {
    return `answered ${await client.json({ path: "a", schema: v.string(), limitMs: 5000 }, never)}`;
  } catch (thrown) {
    const error = toRuntimeError(thrown);
    assert.equal(answered, 0, "a request came through");
    assert.equal(error.code, "refused", error.message);
    assert.ok(error.mend, "it says what mends it");
    return error.message.replace(` at ${url}`, "").replace(url, "it");
  }
}

describe("TLS", () => {
  after(() => closing.forEach((close) => close()));
  const check = async (served: Served, tls: TlsFiles, expected: string | RegExp) => {
    const said = await ask(served, tls);
    if (typeof expected === "string") assert.equal(said, expected);
    else assert.match(said, expected);
  };

  it("is spoken with a server whose authority is known", () => check({}, trusting, "answered fine"));
  it("is spoken with a certificate of ours", () => check({ asks: "certificate" }, known, "answered fine"));
  it("is spoken by a name too", async () =>
    assert.equal(await ask({}, trusting, "localhost"), "answered fine"));

  it("refuses an older version", () =>
    check({ maxVersion: "TLSv1.2" }, known, "openai does not speak TLS 1.3."));
  it("refuses a certificate that has expired", () =>
    check(
      { certificate: ours.issue({ until: -0.5 }) },
      trusting,
      "The certificate of openai has expired, or is not valid yet.",
    ));
  it("refuses one that is not valid yet", () =>
    check(
      { certificate: ours.issue({ from: 1 }) },
      trusting,
      "The certificate of openai has expired, or is not valid yet.",
    ));
  it("refuses one for another name", () =>
    check(
      { certificate: ours.issue({ names: ["example.org"] }) },
      trusting,
      "The certificate of openai is for another name.",
    ));
  it("refuses one of another authority", () =>
    check({ certificate: theirs.issue() }, trusting, /^Nobody vouches for the certificate of openai/));
  it("refuses one that vouches for itself", () =>
    check({ certificate: theirs }, trusting, /^Nobody vouches for the certificate of openai/));
  it("refuses what is not known to Node where no authority is set", () =>
    check({}, {}, /^Nobody vouches for the certificate of openai/));
  it("believes no more because of NODE_TLS_REJECT_UNAUTHORIZED", async () => {
    const name = "NODE_TLS_REJECT_UNAUTHORIZED";
    process.env[name] = "0";
    try {
      assert.match(await ask({ certificate: theirs.issue() }, trusting), /^Nobody vouches/);
    } finally {
      delete process.env[name];
    }
  });

  it("tells of a server that speaks none", async () => {
    const server = createPlainServer((_, response) => response.end());
    server.listen(0, "127.0.0.1");
    closing.push(() => server.close().closeAllConnections());
    await once(server, "listening");
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = new HttpClient({ url, name: "openai" });
    closing.push(() => client.dispose());
    await assert.rejects(client.json({ path: "a", schema: v.string(), limitMs: 5000 }, never), {
      code: "refused",
      message: `What answers at ${url} does not speak TLS.`,
    });
  });

  it("tells of a server that wants a certificate", () =>
    check({ asks: "certificate" }, trusting, /^openai wants a certificate of ours, or does not take/));
  it("tells of a server that does not take ours", () =>
    check(
      { asks: "certificate" },
      { ...trusting, ...theirs.issue() },
      /^openai wants a certificate of ours, or does not take/,
    ));
});
