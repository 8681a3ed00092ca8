/** Whom the host and its clients trust: those who prove that they can read a key that only its owner can. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { createMessageConnection, SocketMessageReader, SocketMessageWriter } from "vscode-jsonrpc/node";
import { hostAddress } from "../../server/runtime/host/address.ts";
import {
  helloRequest,
  metricsRequest,
  openRequest,
  proveRequest,
} from "../../server/runtime/host/protocol.ts";
import { complete, never } from "../support/host-fixture.ts";
import { itNeeds, posix, root } from "../support/needs.ts";
import { useHost } from "../support/use-host.ts";

describe("the runtime host's trust", function () {
  this.timeout(60_000);
  const host = useHost({ infill: "return x;" });
  const { spec } = host;

  it("keeps its folder, key and socket to the person", async () => {
    await host.start();
    const run = join(host.home, "run");
    const mode = (path: string) => statSync(path).mode & 0o777;
    assert.equal(mode(run), 0o700);
    assert.equal(mode(join(run, "host-v2.key")), 0o600);
    assert.equal(mode(join(run, "host-v2.sock")), 0o600);
  });

  it("tells nothing to one who does not know the key", async () => {
    await host.start();
    const socket = createConnection((await hostAddress(host.home)).socket);
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
    await host.start();
    const { keyFile } = await hostAddress(host.home);
    writeFileSync(keyFile, "another key");
    await assert.rejects(host.client().open(spec, never), { code: "refused" });
  });

  async function refusedFor(keyFile: string): Promise<void> {
    await assert.rejects(host.client().open(spec, never), {
      code: "refused",
      message: `${keyFile} is not a file of yours that only you can read. Remove the folder ${join(host.home, "run")}: it is made again.`,
    });
  }

  itNeeds(posix, "is not trusted when others could read its key", async () => {
    await host.start();
    const { keyFile } = await hostAddress(host.home);
    chmodSync(keyFile, 0o640);
    await refusedFor(keyFile);
    chmodSync(keyFile, 0o600);
    await host.client().open(spec, never);
  });

  itNeeds(root, "is not trusted when its key is another's", async () => {
    await host.start();
    const { keyFile } = await hostAddress(host.home);
    chownSync(keyFile, 12_345, 0);
    await refusedFor(keyFile);
    chownSync(keyFile, 0, 0);
    await host.client().open(spec, never);
  });

  itNeeds(posix, "takes no key that is a pipe", async () => {
    await host.start();
    const { keyFile } = await hostAddress(host.home);
    rmSync(keyFile);
    execFileSync("mkfifo", ["-m", "600", keyFile]);
    await assert.rejects(host.client().open(spec, never), { code: "refused" });
  });

  it("outlives garbage on its socket", async () => {
    const client = host.client();
    const { runtime } = await client.open(spec, never);
    const { socket: path } = await hostAddress(host.home);
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
