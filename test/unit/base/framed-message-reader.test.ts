import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  FramedMessageReader,
  FramingError,
  type FramingLimits,
} from "../../../server/base/framed-message-reader.ts";

interface Read {
  readonly messages: readonly unknown[];
  readonly errors: readonly Error[];
}

const generous: FramingLimits = { maxBodyBytes: 64_000_000 };

async function read(chunks: readonly Buffer[], limits = generous): Promise<Read> {
  const input = new PassThrough();
  const reader = new FramedMessageReader(input, limits);
  const messages: unknown[] = [];
  const errors: Error[] = [];
  reader.onError((error) => errors.push(error));
  const closed = new Promise<void>((resolve) => {
    reader.onClose(() => resolve());
    reader.onError((error) => {
      if (error instanceof FramingError) resolve();
    });
  });
  reader.listen((message) => messages.push(message));
  for (const chunk of chunks) input.write(chunk);
  input.end();
  await closed;
  return { messages, errors };
}

function frame(message: unknown, header = ""): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  return Buffer.concat([Buffer.from(`${header}Content-Length: ${body.length}\r\n\r\n`), body]);
}

describe("the framed message reader", () => {
  it("reads the same messages however the bytes are cut", async () => {
    const message = fc.record({ jsonrpc: fc.constant("2.0"), text: fc.string({ unit: "grapheme" }) });
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 5 }), fc.array(fc.nat(400)), async (sent, cuts) => {
        const bytes = Buffer.concat(sent.map((each) => frame(each)));
        const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        const { messages, errors } = await read(chunks.filter((chunk) => chunk.length > 0));
        assert.deepEqual(errors, []);
        assert.deepEqual(
          messages,
          sent.map((each) => ({ ...each })),
        );
      }),
      { numRuns: 200 },
    );
  });

  it("takes other fields and any letter case", async () => {
    const message = { jsonrpc: "2.0", method: "a" };
    const first = frame(message, "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n");
    const second = Buffer.from(frame(message).toString().toLowerCase());
    const { messages, errors } = await read([first, second]);
    assert.deepEqual(messages, [message, message]);
    assert.deepEqual(errors, []);
  });

  it("goes on after a body that is no message", async () => {
    const bad = ["{", "null", "7", "[]", "{}", ""].map((body) =>
      Buffer.from(`Content-Length: ${body.length}\r\n\r\n${body}`),
    );
    const { messages, errors } = await read([...bad, frame({ jsonrpc: "2.0" })]);
    assert.deepEqual(messages, [{ jsonrpc: "2.0" }]);
    assert.equal(errors.length, bad.length);
  });

  it("stops at the first bytes that are no framing, whatever follows", async () => {
    const { messages, errors } = await read([
      frame({ jsonrpc: "2.0" }),
      Buffer.from("oops"),
      frame({ jsonrpc: "2.0" }),
    ]);
    assert.equal(messages.length, 1);
    assert.equal(errors.length, 1);
    assert.ok(errors[0] instanceof FramingError);
  });

  it("reads 50 MB in pieces of a pipe in linear time", async () => {
    const text = "x".repeat(50_000_000);
    const bytes = frame({ jsonrpc: "2.0", text });
    const pieces = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, index) =>
      bytes.subarray(index * 65_536, (index + 1) * 65_536),
    );
    const { messages } = await read(pieces);
    assert.deepEqual(messages, [{ jsonrpc: "2.0", text }]);
  });

  it("stops at a message that is too large, before it has come", async () => {
    const limits = { maxBodyBytes: 100 };
    const { messages, errors } = await read([Buffer.from("Content-Length: 101\r\n\r\n")], limits);
    assert.deepEqual(messages, []);
    assert.ok(errors[0] instanceof FramingError);
    const fits = { jsonrpc: "2.0", text: "x".repeat(70) };
    assert.deepEqual((await read([frame(fits), frame(fits)], limits)).messages, [fits, fits]);
  });

  it("stops when one who is not trusted yet says too much, however it is cut into messages", async () => {
    const limits = { maxBodyBytes: 1000, maxBytesBeforeTrust: 200 };
    const flood = Array.from({ length: 100 }, () => frame({ jsonrpc: "2.0" }));
    const { messages, errors } = await read(flood, limits);
    assert.ok(messages.length > 0 && messages.length < 10, `${messages.length} messages`);
    assert.ok(errors.length === 1 && errors[0] instanceof FramingError);
  });

  it("takes any number of messages of one who is trusted", async () => {
    const input = new PassThrough();
    const reader = new FramedMessageReader(input, { maxBodyBytes: 1000, maxBytesBeforeTrust: 200 });
    reader.onError((error) => assert.fail(error));
    let count = 0;
    reader.listen(() => {
      count++;
      reader.trust();
    });
    for (let sent = 0; sent < 100; sent++) input.write(frame({ jsonrpc: "2.0" }));
    const closed = new Promise<void>((resolve) => reader.onClose(resolve));
    input.end();
    await closed;
    assert.equal(count, 100);
  });
});
