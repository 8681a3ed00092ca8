/** Whom the host and its clients trust: those who prove that they can read a key that only its owner can. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { createMessageConnection, SocketMessageReader, SocketMessageWriter } from "vscode-jsonrpc/node";
import { hostAddress } from "../../server/runtime/host/address.ts";
import type { ModelSpec } from "../../server/runtime/host/client.ts";
import {
  helloRequest,
  metricsRequest,
  openRequest,
  proveRequest,
} from "../../server/runtime/host/protocol.ts";
import { complete, type HostFixture, hostFixture, never } from "../support/host-fixture.ts";
import { scripted } from "../support/scripted-model.ts";

describe("the runtime host's trust", function () {
  this.timeout(60_000);
  let fixture: HostFixture;
  let spec: ModelSpec;
  before(async () => {
    spec = { runtime: "embedded", path: await scripted({ infill: "return x;", chat: "Answer" }) };
  });
  beforeEach(() => {
    fixture = hostFixture();
  });
  afterEach(() => fixture.dispose());

  it("keeps its folder, key and socket to the person", async () => {
    await fixture.start();
    const run = join(fixture.home, "run");
    const mode = (path: string) => statSync(path).mode & 0o777;
    assert.equal(mode(run), 0o700);
    assert.equal(mode(join(run, "host-v1.key")), 0o600);
    assert.equal(mode(join(run, "host-v1.sock")), 0o600);
  });

  it("tells nothing to one who does not know the key", async () => {
    await fixture.start();
    const socket = createConnection((await hostAddress(fixture.home)).socket);
    const messages = createMessageConnection(
      new SocketMessageReader(socket),
      new SocketMessageWriter(socket),
    );
    messages.listen();
    await assert.rejects(messages.sendRequest(metricsRequest), /Unhandled method/);
    await assert.rejects(messages.sendRequest(openRequest, spec), /Unhandled method/);
    await messages.sendRequest(helloRequest, { nonce: "n" });
    const closed = once(socket, "close");
    void messages.sendRequest(proveRequest, { proof: "guess" });
    await closed;
  });

  it("refuses an impostor at its address", async () => {
    await fixture.start();
    const { keyFile } = await hostAddress(fixture.home);
    writeFileSync(keyFile, "another key");
    await assert.rejects(fixture.client().open(spec, never), { code: "refused" });
  });

  it("is not trusted when its key could be another's", async function () {
    if (process.platform === "win32") this.skip();
    await fixture.start();
    const { keyFile } = await hostAddress(fixture.home);
    const refused = () =>
      assert.rejects(fixture.client().open(spec, never), {
        code: "refused",
        message: `${keyFile} is not a file of yours that only you can read. Remove the folder ${join(fixture.home, "run")}: it is made again.`,
      });
    chmodSync(keyFile, 0o640);
    await refused();
    chmodSync(keyFile, 0o600);
    if (process.getuid?.() === 0) {
      chownSync(keyFile, 12_345, 0);
      await refused();
      chownSync(keyFile, 0, 0);
    }
    await fixture.client().open(spec, never);
  });

  it("takes no key that is a pipe", async function () {
    if (process.platform === "win32") this.skip();
    await fixture.start();
    const { keyFile } = await hostAddress(fixture.home);
    rmSync(keyFile);
    execFileSync("mkfifo", ["-m", "600", keyFile]);
    await assert.rejects(fixture.client().open(spec, never), { code: "refused" });
  });

  it("outlives garbage on its socket", async () => {
    const client = fixture.client();
    const { runtime } = await client.open(spec, never);
    const { socket: path } = await hostAddress(fixture.home);
    const garbage = [
      "\0\0\0",
      "Content-Length: 5\r\n\r\n{]}{[",
      "Content-Length: 2\r\n\r\n{}",
      `Content-Length: 99999999999\r\n\r\n`,
      `Content-Length: 90000\r\n\r\n${"x".repeat(90_000)}`,
    ];
    for (const bytes of garbage) {
      const socket = createConnection(path);
      await once(socket, "connect");
      socket.end(bytes);
      await once(socket.resume(), "close");
    }
    assert.equal((await complete(runtime, "a")).text, "return x;");
  });
});
