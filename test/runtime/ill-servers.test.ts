/** Every illness of a server becomes one code and one sentence, at the HTTP client and in the llama-server adapter. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import * as v from "valibot";
import { RuntimeError, type RuntimeErrorCode } from "../../server/model/runtime-error.ts";
import { HttpClient } from "../../server/runtime/http/http-client.ts";
import { connectLlamaServer } from "../../server/runtime/llama-server/connect-llama-server.ts";
import { untilLoaded } from "../../server/runtime/llama-server/until-loaded.ts";
import { collect, complete, never } from "../support/host-fixture.ts";
import { type Illness, type IllServer, illnesses, illServer } from "../support/ill-server.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { itNeeds, procFs } from "../support/needs.ts";
import { chatRequest } from "./contract/behaviour.ts";

type Row = readonly [illness: keyof typeof illnesses, code: RuntimeErrorCode, sentence: RegExp];

const stranger = /^What answers at http:\S+ is not llama-server\.$/;
const brokeOff = /^llama-server at http:\S+ broke off in the middle of an answer\.$/;
const endless = /^What answers at \S+ sends an answer without end: it is not llama-server\.$/;
const late = /^llama-server at http:\S+ did not answer in time\.$/;

const ofOneAnswer: readonly Row[] = [
  ["html", "runtime-unreachable", stranger],
  ["impostor", "runtime-unreachable", stranger],
  ["halfJson", "runtime-unreachable", stranger],
  ["endlessLine", "refused", endless],
  ["htmlError", "runtime-unreachable", /^What answers at \S+ does not reach llama-server \(HTTP 502\)\.$/],
  ["endlessError", "refused", endless],
  ["reset", "runtime-crashed", brokeOff],
  ["resetAtOnce", "runtime-crashed", brokeOff],
  ["tooMany", "queue-full", /^llama-server says: Rate limit reached$/],
  ["silent", "timeout", late],
  ["elsewhere", "refused", /^llama-server sends elsewhere \(HTTP 302\), and that is not followed\.$/],
  ["keyWanted", "refused", /^llama-server says: Invalid API Key$/],
  ["loading", "queue-full", /^llama-server says: Loading model$/],
];

const ofStreams: readonly Row[] = [
  ["html", "runtime-unreachable", stranger],
  ["impostor", "runtime-unreachable", stranger],
  ["halfEvent", "runtime-crashed", brokeOff],
  ["brokenEvent", "runtime-unreachable", stranger],
  ["endlessLine", "refused", /^The runtime sends a line without end\.$/],
  ["endlessStream", "refused", /^llama-server writes more than the 64 tokens that it was asked for\.$/],
  ["htmlError", "runtime-unreachable", /^What answers at \S+ does not reach llama-server \(HTTP 502\)\.$/],
  ["endlessError", "refused", endless],
  ["dripError", "runtime-crashed", /^llama-server says: HTTP 500$/],
  ["reset", "runtime-crashed", brokeOff],
  ["resetAtOnce", "runtime-crashed", brokeOff],
  ["endsEarly", "runtime-crashed", brokeOff],
  ["tooMany", "queue-full", /^llama-server says: Rate limit reached$/],
  ["errorInStream", "runtime-crashed", /^llama-server says: Compute error\.$/],
  ["contextInStream", "context-overflow", /^llama-server says: the request exceeds/],
  ["elsewhere", "refused", /^llama-server sends elsewhere \(HTTP 302\), and that is not followed\.$/],
  ["keyWanted", "refused", /^llama-server says: Invalid API Key$/],
];

describe("a server that is ill", function () {
  this.timeout(30_000);
  const opened: { dispose(): void | Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.dispose();
  });

  async function start(illness: Illness, illPath?: string): Promise<IllServer> {
    const server = await illServer({ illness, ...(illPath === undefined ? {} : { illPath }) });
    opened.push(server);
    return server;
  }

  function clientOf({ url }: Pick<IllServer, "url">): HttpClient {
    const client = new HttpClient({ url, name: "llama-server" });
    opened.push(client);
    return client;
  }

  const props = {
    path: "props",
    schema: v.object({ total_slots: v.number() }),
    limitMs: 500,
    mostBytes: 1024 * 1024,
  };

  for (const [name, code, sentence] of ofOneAnswer) {
    it(`fails with ${code} asking for JSON: ${illnesses[name].fact}`, async () => {
      const client = clientOf(await start(illnesses[name]));
      await assert.rejects(client.json(props, never), said(code, sentence));
    });
  }

  for (const [name, code, sentence] of ofStreams) {
    it(`fails with ${code} in a stream: ${illnesses[name].fact}`, async () => {
      const server = await start(illnesses[name], "/completion");
      const { runtime } = await connectLlamaServer(clientOf(server), wellModel(server), never);
      await assert.rejects(complete(runtime, "a"), said(code, sentence));
      await assert.rejects(collect(runtime.chat(chatRequest(), never)), said(code, sentence));
    });
  }

  for (const name of ["html", "impostor", "halfJson"] as const) {
    it(`gets nothing of ours: ${illnesses[name].fact}`, async () => {
      const server = await start(illnesses[name]);
      const reached = connectLlamaServer(clientOf(server), wellModel(server), never);
      await assert.rejects(reached, said("runtime-unreachable", stranger));
      assert.deepEqual(server.asked, ["GET /props"]);
    });
  }

  it("is read alike, however its bytes are cut", async () => {
    const server = await start(illnesses.inBytes, "/completion");
    const { runtime } = await connectLlamaServer(clientOf(server), wellModel(server), never);
    assert.equal((await complete(runtime, "a")).text, "é🙂é🙂");
  });

  it("is waited for while it loads its model, and no longer than that is wanted", async () => {
    const { loading, impostor } = illnesses;
    let left = 3;
    const illness: Illness = {
      fact: loading.fact,
      answer: (response) => (left-- > 0 ? loading : impostor).answer(response),
    };
    const server = await start(illness);
    const clock = new ManualClock();
    const loaded = untilLoaded(clientOf(server), clock, never);
    while (server.asked.length < 4) await clock.advance(250);
    await loaded;
    const controller = new AbortController();
    const waiting = untilLoaded(clientOf(await start(loading)), clock, controller.signal);
    controller.abort(new Error("closed"));
    await assert.rejects(waiting, /closed/);
  });

  it("that is too old to chat with says so", async () => {
    const server = await start(illnesses.outdated, "/apply-template");
    const { runtime } = await connectLlamaServer(clientOf(server), wellModel(server), never);
    const sentence = /^llama-server is older than Hearth needs: it knows no apply-template\.$/;
    await assert.rejects(collect(runtime.chat(chatRequest(), never)), said("runtime-outdated", sentence));
  });

  it("is let go at once by an abort, however silent it is", async () => {
    const server = await start(illnesses.silent, "/completion");
    const { runtime } = await connectLlamaServer(clientOf(server), wellModel(server), never);
    const controller = new AbortController();
    const asked = complete(runtime, "a", controller.signal);
    while (!server.asked.includes("POST /completion")) await new Promise(setImmediate);
    controller.abort();
    assert.equal((await asked).end.reason, "aborted");
  });

  it("that ended is not there: nothing listens on its port", async () => {
    const server = await start(illnesses.silent);
    await server.dispose();
    opened.length = 0;
    const refused = /^llama-server does not answer at http:\S+ \(ECONNREFUSED\)\.$/;
    await assert.rejects(clientOf(server).json(props, never), said("runtime-unreachable", refused));
  });

  itNeeds(procFs, "is not waited for without end when it takes no connections", async () => {
    const full = await fullListener();
    opened.push(full);
    const client = clientOf(full);
    const slow = { ...props, limitMs: 60_000 };
    const timedOut = /^llama-server does not answer at http:\S+ \(UND_ERR_CONNECT_TIMEOUT\)\.$/;
    await assert.rejects(client.json(slow, never), said("runtime-unreachable", timedOut));
  });
});

function wellModel({ url }: IllServer) {
  return { url: new URL(url), model: "well-qwen-coder" };
}

function said(code: RuntimeErrorCode, sentence: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof RuntimeError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, sentence);
    return true;
  };
}

/** A listener that is stopped, and whose queue is full: the kernel leaves further connections without an answer. */
async function fullListener() {
  const program = `
    const server = require("node:net").createServer();
    server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => console.log(server.address().port));
  `;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  child.kill("SIGSTOP");
  const port = Number(line);
  const waiting = Array.from({ length: 8 }, () => connect(port, "127.0.0.1").on("error", () => undefined));
  await Promise.race(waiting.map((socket) => once(socket, "connect")));
  return {
    url: `http://127.0.0.1:${port}`,
    async dispose() {
      for (const socket of waiting) socket.destroy();
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
