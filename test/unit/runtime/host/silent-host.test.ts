/** What is at the host's address and is of no use: it never says who it is, or it never gives its place away. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "../../../../server/base/clock.ts";
import { hostAddress } from "../../../../server/runtime/host/address.ts";
import { connectToHost, findHost } from "../../../../server/runtime/host/connect.ts";
import { never } from "../../../support/host-fixture.ts";
import { ManualClock } from "../../../support/manual-clock.ts";

describe("a host that is of no use", function () {
  this.timeout(30_000);
  let home: string;
  let starts: string;
  /** In place of the host: notes that it was started, and says what it is told to. */
  function options(program: string) {
    const entry = join(home, "entry.mjs");
    writeFileSync(entry, `import { appendFileSync } from "node:fs"; ${program}`);
    return { home, entry, childEntry: entry, idleMs: 0 };
  }
  const noted = () => `appendFileSync(${JSON.stringify(starts)}, ".");`;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "hearth-silent-"));
    starts = join(home, "starts");
    writeFileSync(starts, "");
  });
  afterEach(() => rmSync(home, { recursive: true }));

  /** As a stopped process is: the system takes the connection, and nobody answers. */
  async function besideSilence(ms: number, work: (clock: Clock) => Promise<void>): Promise<void> {
    const clock = new ManualClock();
    const server = createServer((client) => {
      client.once("data", () => void clock.advance(ms));
    });
    try {
      await once(server.listen((await hostAddress(home)).socket), "listening");
      await work(clock);
    } finally {
      server.close();
    }
  }

  it("is waited for a few seconds by one who looks, and counts as none", () =>
    besideSilence(5000, async (clock) => {
      assert.equal(await findHost(home, clock, never), undefined);
    }));

  it("is waited for no longer than 15 seconds by one who needs it, who is told", () =>
    besideSilence(15_000, async (clock) => {
      await assert.rejects(connectToHost(options(noted()), clock, never), {
        code: "runtime-unreachable",
        message: "The runtime host does not answer.",
      });
      assert.equal(readFileSync(starts, "utf8"), "", "another one could not take its place");
    }));

  it("is not waited for when it starts and never says that it is ready", async () => {
    const clock = new ManualClock();
    const program = `${noted()} process.stdin.resume(); setTimeout(() => {}, 3000);`;
    const connecting = assert.rejects(connectToHost(options(program), clock, never), {
      code: "runtime-unreachable",
      message: "The runtime host does not answer.",
    });
    while (readFileSync(starts, "utf8") === "") await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(15_000);
    await connecting;
  });

  it("costs few processes while it holds the place of another", async () => {
    const faster = 5;
    const clock: Clock = {
      now: () => systemClock.now() * faster,
      after: (ms, callback) => systemClock.after(ms / faster, callback),
    };
    const program = `${noted()} process.stdout.write("taken\\n");`;
    await assert.rejects(connectToHost(options(program), clock, never), { code: "runtime-unreachable" });
    const { length } = readFileSync(starts, "utf8");
    assert.ok(length >= 1 && length <= 6, `${length} processes`);
  });

  it("is said to have ended as it started, and where it says why, if it does", async () => {
    const log = join(home, "logs", "host.log");
    const ends = (program: string) => connectToHost(options(program), systemClock, never);
    await assert.rejects(ends('process.stderr.write("no"); process.exitCode = 3;'), {
      message: `The runtime host did not start (exit 3); ${log} says why.`,
    });
    await assert.rejects(ends("process.exit(4);"), {
      message: "The runtime host did not start (exit 4) and left no word: the disk may be full.",
    });
  });

  const floods: Readonly<Record<string, string>> = {
    "bytes that are no message": "x".repeat(65_536),
    "small messages": 'Content-Length: 32\r\n\r\n{"jsonrpc":"2.0","method":"wow!"}'.repeat(1200),
    "one message without end": `Content-Length: 3000000000\r\n\r\n${"x".repeat(65_536)}`,
  };
  for (const [what, bytes] of Object.entries(floods)) {
    it(`is left at once when it floods with ${what}`, async () => {
      let sent = 0;
      const left = Promise.withResolvers<void>();
      const server = createServer((client) => {
        const pour = () => {
          while (!client.destroyed && client.write(bytes)) sent += bytes.length;
          sent += bytes.length;
        };
        client.on("error", () => client.destroy());
        client.on("drain", pour);
        client.once("close", () => left.resolve());
        pour();
      });
      try {
        await once(server.listen((await hostAddress(home)).socket), "listening");
        const refused = { code: "refused", message: /is not our host/ };
        await assert.rejects(connectToHost(options(noted()), systemClock, never), refused);
        await left.promise;
        assert.ok(sent < 16_000_000, `${sent} bytes were taken`);
        assert.equal(readFileSync(starts, "utf8"), "", "no other one is started beside it");
      } finally {
        server.close();
      }
    });
  }
});
