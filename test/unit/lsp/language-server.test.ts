/** The language server's own life, with streams and a clock of the test. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { PassThrough } from "node:stream";
import { describe, it } from "mocha";
import { StreamMessageReader, StreamMessageWriter } from "vscode-languageserver-protocol/node";
import { english } from "../../../server/base/l10n.ts";
import { LanguageServer } from "../../../server/lsp/language-server.ts";
import { ManualClock } from "../../support/manual-clock.ts";

describe("the watch over the client's process", () => {
  function serverOf() {
    const clock = new ManualClock();
    const ends: number[] = [];
    const server = new LanguageServer({
      version: "0.0.0",
      transport: {
        reader: new StreamMessageReader(new PassThrough()),
        writer: new StreamMessageWriter(new PassThrough()),
      },
      clock,
      home: "",
      localizer: () => english,
      ownWords: english,
      openLog: () => assert.fail("no client has come"),
      createServices: () => assert.fail("no client has come"),
      complain: () => {},
      onEnd: (status) => ends.push(status),
    });
    return { server, clock, ends };
  }
  const dead = spawnSync(process.execPath, ["--version"]).pid;

  it("ends the server when it has died", async () => {
    const { server, clock, ends } = serverOf();
    server.watch(dead);
    await clock.advance(2000);
    assert.deepEqual(ends, [1]);
  });

  it("is over the process that was named last", async () => {
    const { server, clock, ends } = serverOf();
    server.watch(dead);
    server.watch(process.pid);
    await clock.advance(2000);
    assert.deepEqual(ends, []);
    server.dispose();
  });
});
