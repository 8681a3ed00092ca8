/** The language server's life as the extension sees it: starts, crashes, waits, restarts, stops. */

import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { type HostState, type ServerConnection, ServerHost } from "../../../src/client/server-host.ts";

class FakeConnection implements ServerConnection {
  readonly crash: () => void;
  readonly #begin: () => Promise<void>;
  readonly #end: () => Promise<void>;
  stopped = 0;

  constructor(crash: () => void, begin: () => Promise<void>, end: () => Promise<void>) {
    this.crash = crash;
    this.#begin = begin;
    this.#end = end;
  }

  start(): Promise<void> {
    return this.#begin();
  }

  stop(): Promise<void> {
    this.stopped += 1;
    return this.#end();
  }
}

describe("the server's host", () => {
  let states: HostState[];
  let connections: FakeConnection[];
  const starts: string[] = [];
  let timers: Map<number, () => void>;
  let begin: () => Promise<void>;
  let end: () => Promise<void>;
  let logged: string[];
  let host: ServerHost<FakeConnection>;

  beforeEach(() => {
    states = [];
    connections = [];
    starts.length = 0;
    timers = new Map();
    begin = () => Promise.resolve();
    end = () => Promise.resolve();
    logged = [];
    host = new ServerHost<FakeConnection>({
      connect: (ended, { restarted }) => {
        starts.push(restarted ? "by hand" : "by itself");
        const connection = new FakeConnection(
          () => ended("crashed"),
          () => begin(),
          () => end(),
        );
        connections.push(connection);
        return connection;
      },
      onState: (state) => states.push(state),
      log: (message) => logged.push(message),
      now: () => 0,
      after: (ms, callback) => {
        timers.set(ms, callback);
        return () => timers.delete(ms);
      },
    });
  });

  async function elapse(ms: number): Promise<void> {
    const callback = timers.get(ms);
    timers.delete(ms);
    callback?.();
    await Promise.resolve();
    await Promise.resolve();
  }

  it("starts once, however often it is asked", async () => {
    await Promise.all([host.start(), host.start()]);
    assert.equal(connections.length, 1);
    assert.deepEqual(states, ["starting", "running"]);
    assert.equal(host.running, connections[0]);
  });

  it("starts a new connection after a crash, and releases the old one", async () => {
    await host.start();
    connections[0]?.crash();
    assert.equal(host.running, undefined);
    await elapse(0);
    assert.equal(host.running, connections[1]);
    assert.equal(connections[0]?.stopped, 1);
    assert.deepEqual(states, ["starting", "running", "waiting", "starting", "running"]);
  });

  it("counts an end that is reported twice as one", async () => {
    begin = () => {
      connections.at(-1)?.crash();
      return Promise.reject(new Error("the connection closed"));
    };
    await host.start();
    assert.deepEqual([...timers.keys()], [0]);
  });

  it("gives up after five crashes in a row, and starts again when asked to", async () => {
    await host.start();
    for (const wait of [0, 500, 2000, 5000]) {
      connections.at(-1)?.crash();
      await elapse(wait);
    }
    connections.at(-1)?.crash();
    assert.equal(host.state, "gave-up");
    assert.equal(timers.size, 0);
    await host.restart();
    assert.equal(host.state, "running");
  });

  it("restarts a server that hangs and cannot be stopped", async () => {
    end = () => Promise.reject(new Error("Stopping the server timed out"));
    await host.start();
    await host.restart();
    assert.equal(host.running, connections[1]);
    assert.match(logged.join("\n"), /timed out/);
    assert.deepEqual(starts, ["by itself", "by hand"]);
  });

  it("comes back after a crash whose rest cannot be released", async () => {
    end = () => Promise.reject(new Error("the connection is closed"));
    await host.start();
    connections[0]?.crash();
    await elapse(0);
    assert.equal(host.running, connections[1]);
  });

  it("does not restart what was stopped", async () => {
    await host.start();
    await host.stop();
    connections[0]?.crash();
    assert.equal(host.state, "stopped");
    assert.equal(timers.size, 0);
  });

  it("forgets a planned restart when it is stopped", async () => {
    await host.start();
    connections[0]?.crash();
    await host.stop();
    assert.equal(timers.size, 0);
    assert.equal(host.state, "stopped");
  });
});
