/** What the door to other hosts does with what comes through it. */

import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { FetchError } from "../../../server/fetch/fetch-error.ts";
import { type WebAnswer, WebClient } from "../../../server/fetch/web-client.ts";
import { type Fault, ModelHub } from "../../support/model-hub.ts";

const never = new AbortController().signal;
const megabytes = 2 ** 20;

describe("the body of an answer", () => {
  const started: { dispose(): void }[] = [];
  afterEach(() => {
    for (const one of started.splice(0)) one.dispose();
  });

  async function open(bytes: Buffer, faults: readonly Fault[] = []): Promise<WebAnswer> {
    const hub = await ModelHub.start({ bytes });
    hub.faults.push(...faults);
    const client = new WebClient({ httpProxy: "", httpsProxy: "", noProxy: "" });
    started.push(hub, client);
    const url = new URL(`http://${hub.storeHost}/x`);
    const reply = await client.open({ url, hosts: new Set([url.host]) }, never);
    assert.ok(reply.kind === "answer");
    return reply.answer;
  }

  it("takes no more memory than a few pieces at a time", async () => {
    const { read } = await open(Buffer.alloc(96 * megabytes, 1));
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    let size = 0;
    await read(async (piece) => {
      size += piece.length;
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      await new Promise(setImmediate);
    });
    assert.equal(size, 96 * megabytes);
    assert.ok(most < 8 * megabytes, `${most} bytes`);
  });

  it("comes piece by piece, none before the last one is taken, and every byte in its place", async () => {
    const bytes = Buffer.from(Uint32Array.from({ length: megabytes }, (_, index) => index).buffer);
    const { read } = await open(bytes);
    let [taking, at] = [0, 0];
    await read(async (piece) => {
      assert.equal(++taking, 1);
      await new Promise(setImmediate);
      assert.ok(bytes.subarray(at, at + piece.length).equals(piece));
      at += piece.length;
      taking--;
    });
    assert.equal(at, bytes.length);
  });

  it("ends with what whoever takes it fails with", async () => {
    const { read } = await open(Buffer.alloc(megabytes));
    const full = new FetchError("disk-full");
    await assert.rejects(
      read(async () => {
        throw full;
      }),
      full,
    );
  });

  it("is given up no sooner than the last piece is where it belongs", async () => {
    const { read } = await open(Buffer.alloc(megabytes), [{ kind: "break", after: 100_000 }]);
    let taking = 0;
    const take = async () => {
      taking++;
      for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
      taking--;
    };
    await assert.rejects(read(take), { code: "broke-off" });
    assert.equal(taking, 0);
  });
});
