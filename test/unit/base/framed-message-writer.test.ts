import assert from "node:assert/strict";
import { PassThrough, Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { Message } from "vscode-jsonrpc/node";
import { FramedMessageReader } from "../../../server/base/framed-message-reader.ts";
import { FramedMessageWriter } from "../../../server/base/framed-message-writer.ts";

const message = (text: string) => ({ jsonrpc: "2.0", method: text }) as Message;

describe("the framed message writer", () => {
  it("writes what the reader reads", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.string({ unit: "grapheme" }))), async (turns) => {
        const stream = new PassThrough();
        const read: Message[] = [];
        new FramedMessageReader(stream, { maxBodyBytes: 1e6 }).listen((one) => read.push(one));
        const writer = new FramedMessageWriter(stream);
        for (const texts of turns) await Promise.all(texts.map((text) => writer.write(message(text))));
        await setImmediate();
        assert.deepEqual(read, turns.flat().map(message));
      }),
    );
  });

  it("lets what is written one after the other leave in one piece, and goes on before it has left", async () => {
    const pieces: string[] = [];
    const writer = new FramedMessageWriter(collecting(pieces));
    for (const text of ["a", "b", "c"]) await writer.write(message(text));
    await setImmediate();
    await writer.write(message("d"));
    await setImmediate();
    assert.deepEqual(
      pieces.map((piece) => piece.match(/"method":"."/g)?.length),
      [3, 1],
    );
  });

  it("waits while the stream takes no more", async () => {
    const taken: (() => void)[] = [];
    const stream = new Writable({ highWaterMark: 1, write: (_bytes, _encoding, done) => taken.push(done) });
    const writer = new FramedMessageWriter(stream);
    await writer.write(message("a"));
    await setImmediate();
    let went = false;
    const write = async () => {
      await writer.write(message("b"));
      went = true;
    };
    const waiting = write();
    await setImmediate();
    assert.equal(went, false);
    taken.shift()?.();
    taken.shift()?.();
    await waiting;
  });

  it("refuses what is written to a stream that is closed, and lets go of who waits for it", async () => {
    const stream = new Writable({ highWaterMark: 1, write: () => {} });
    const writer = new FramedMessageWriter(stream);
    const closed = new Promise<void>((resolve) => writer.onClose(resolve));
    await writer.write(message("a"));
    await setImmediate();
    const waiting = writer.write(message("b"));
    stream.destroy();
    await Promise.all([closed, waiting]);
    await assert.rejects(writer.write(message("c")), /closed/);
  });
});

function collecting(pieces: string[]): Writable {
  return new Writable({
    decodeStrings: false,
    write: (bytes: string | Buffer, _encoding, done) => {
      pieces.push(bytes.toString());
      done();
    },
  });
}
