/** A model of Ollama whose memory runs out: what is asked of Ollama next, and what is said of it. */

import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { silentLogger } from "../../../../server/base/log.ts";
import type { RuntimeError } from "../../../../server/model/runtime-error.ts";
import { carriedBuild, type ModelState } from "../../../../server/runtime/host/model-source.ts";
import { findOllama } from "../../../../server/runtime/host/ollama-source.ts";
import { noPrograms } from "../../../../server/runtime/supervisor/no-programs.ts";
import { complete } from "../../../support/host-fixture.ts";
import { ladderPorts } from "../../../support/ladder-ports.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { type Answer, ollamaStandIn, value, wellShown } from "../../../support/ollama-stand-in.ts";

/** Of llm/server.go, as routes.go answers it: a 500. */
const gpuFull = "llama runner process has terminated: cudaMalloc failed: out of memory";
const mainFull = "model requires more system memory (9.1 GiB) than is available (4.0 GiB)";

const large = {
  ...wellShown,
  model_info: { ...wellShown.model_info, "qwen2.block_count": 28, "qwen2.context_length": 32768 },
};
const tags = value({
  models: [
    { name: "qwen-coder:latest", size: 9e9 },
    { name: "qwen-coder:1.5b", size: 1e9 },
    { name: "llama:8b", size: 4e9 },
    { name: "qwen-cloud:480b", size: 400, remote_host: "ollama.com" },
  ],
});

interface Body {
  readonly model: string;
  readonly prompt: string;
  readonly options: { readonly num_ctx: number; readonly num_gpu?: number };
}

function refuse(response: ServerResponse, error: string): void {
  response.writeHead(500).end(JSON.stringify({ error }));
}

describe("a model of Ollama whose memory runs out", () => {
  const opened: { dispose(): unknown }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.dispose();
  });

  /** `words`: what the loads fail with, one after the other, and after `at` what the answers do. */
  async function start(words: string[], answers: string[] = [], spill = 1) {
    const loads: string[] = [];
    const show: Answer = (response, body) => {
      const { model } = body as Body;
      const shown = model.startsWith("llama")
        ? { ...large, capabilities: ["completion", "thinking"] }
        : large;
      value(shown)(response, body);
    };
    let held: Body | undefined;
    const generate: Answer = (response, raw) => {
      const body = raw as Body;
      if (body.prompt !== "") {
        const error = answers.shift();
        const end = { response: "x", done: true, done_reason: "stop" };
        return error === undefined
          ? value(end)(response, raw)
          : response.end(`${JSON.stringify({ response: "x", done: false })}\n${JSON.stringify({ error })}\n`);
      }
      loads.push(`${body.model} ${body.options.num_ctx} ${body.options.num_gpu ?? "fitting"}`);
      const error = words.shift();
      if (error !== undefined) return refuse(response, error);
      held = body;
      value({ done: true })(response, raw);
    };
    const ps: Answer = (response, body) => {
      const { model: name, options } = held ?? { model: "", options: { num_ctx: 0 } };
      const loaded = { name, size: 100, size_vram: 100 * spill, context_length: options.num_ctx };
      value({ models: held ? [loaded] : [] })(response, body);
    };
    const answering = { "/api/tags": tags, "/api/show": show, "/api/generate": generate, "/api/ps": ps };
    const server = await ollamaStandIn(answering);
    const clock = new ManualClock();
    const said: string[] = [];
    const onState = ({ state, step, error, info }: ModelState) => {
      if (step) said.push(`${step.message} <- ${error?.message}`);
      else if (error && state === "failed") said.push(`${state}: ${error.message}`);
      else if (info) said.push(`${state}: ${info.name} ${info.contextTokens}`);
    };
    const ports = { childEntry: "", clock, log: silentLogger, programs: noPrograms, ladder: ladderPorts() };
    const source = findOllama({ runtime: "ollama", url: server.url, model: "qwen-coder" }).create({
      ...ports,
      builds: carriedBuild,
      onState,
    });
    opened.push(source, server);
    /** The clock moves while something waits for it. */
    const settled = async <T>(promise: Promise<T>): Promise<T> => {
      const done = new AbortController();
      promise.then(
        () => done.abort(),
        () => done.abort(),
      );
      while (!done.signal.aborted) await clock.advance(1000);
      return promise;
    };
    return { source, loads, said, settled };
  }

  it("is loaded with half the context, then with fewer layers, then a smaller one that does the same", async () => {
    const { source, loads, said, settled } = await start(Array<string>(6).fill(gpuFull));
    const info = await settled(source.ready());
    assert.deepEqual(loads, [
      "qwen-coder:latest 8192 fitting",
      "qwen-coder:latest 8192 fitting",
      "qwen-coder:latest 4096 fitting",
      "qwen-coder:latest 2048 fitting",
      "qwen-coder:latest 2048 14",
      "qwen-coder:1.5b 2048 fitting",
      "qwen-coder:1.5b 2048 0",
    ]);
    assert.equal(said.length, 7, "each once, and that it is ready");
    assert.equal(
      said[1],
      `qwen-coder gets a context of 4,096 tokens: memory does not hold a longer one. <- Ollama says: ${gpuFull}`,
    );
    assert.equal(
      said[5],
      `qwen-coder:1.5b is computed by the CPU alone, since the GPU's memory does not hold it: it is slower. <- Ollama says: ${gpuFull}`,
    );
    assert.equal(info.name, "qwen-coder:1.5b");
    assert.deepEqual(info.reduced?.values, ["qwen-coder:1.5b"]);
  });

  it("keeps its layers where it is the main memory", async () => {
    const { source, loads, settled } = await start(Array<string>(4).fill(mainFull));
    await settled(source.ready());
    assert.deepEqual(loads.slice(3), ["qwen-coder:latest 2048 fitting", "qwen-coder:1.5b 2048 fitting"]);
  });

  it("is loaded anew, and that is said, when memory runs out in the middle of an answer", async () => {
    const { source, loads, said, settled } = await start([], [gpuFull, gpuFull]);
    await settled(source.ready());
    const full = { code: "out-of-memory", message: `Ollama says: ${gpuFull}` };
    await assert.rejects(settled(complete(source.runtime, "a")), full);
    await assert.rejects(settled(complete(source.runtime, "a")), full);
    assert.equal((await settled(complete(source.runtime, "a"))).text, "x");
    assert.deepEqual(loads, [
      "qwen-coder:latest 8192 fitting",
      "qwen-coder:latest 8192 fitting",
      "qwen-coder:latest 4096 fitting",
    ]);
    assert.deepEqual(said, [
      "ready: qwen-coder 8192",
      `qwen-coder is tried once more: memory ran out. <- Ollama says: ${gpuFull}`,
      "ready: qwen-coder 8192",
      `qwen-coder gets a context of 4,096 tokens: memory does not hold a longer one. <- Ollama says: ${gpuFull}`,
      "ready: qwen-coder 4096",
    ]);
  });

  it("says how much of it Ollama has put on the CPU by itself", async () => {
    const { source, settled } = await start([], [], 0.6);
    const { reduced } = await settled(source.ready());
    assert.deepEqual(reduced?.values, ["qwen-coder:latest", 40]);
  });

  it("is paused, with a mend, when nothing helps", async () => {
    const { source, loads, settled } = await start(Array<string>(20).fill(mainFull));
    await assert.rejects(settled(source.ready()), (error: RuntimeError) => {
      assert.equal(error.message, `Ollama says: ${mainFull}`);
      assert.match(error.mend ?? "", /^Every way to load it was tried\./);
      return true;
    });
    assert.equal(loads.length, 5);
  });
});
