/**
 * `OLLAMA_BIN=… node bench/ollama-reloads.ts [--requests 1000]`: how often one real Ollama loads the model anew while
 * requests of all roles come mixed, through the host as in the editor, and a fifth of them is aborted. Counted by
 * Ollama's own log. At the end a request that is not Hearth's asks for another context: then the count must rise.
 */

import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import type { ModelRuntime } from "../server/model/model-runtime.ts";
import { chatRequest } from "../test/runtime/contract/behaviour.ts";
import { models } from "../test/runtime/contract/models.ts";
import { collect, fim, greedy, hostFixture, never } from "../test/support/host-fixture.ts";
import { startOllama } from "../test/support/ollama-process.ts";
import { realOllama } from "../test/support/real-runtimes.ts";
import { Spread } from "./spread.ts";

const { values: flags } = parseArgs({ options: { requests: { type: "string", default: "1000" } } });
const requests = Number(flags.requests);
const name = "scripted-qwen-coder";
const options = { num_predict: 1, num_ctx: 2048 };

type Ask = (runtime: ModelRuntime, index: number, signal: AbortSignal) => Promise<unknown>;

const infill: Ask = (runtime, index, signal) =>
  collect(
    runtime.infill(
      {
        prompt: fim(`const a${index} = `.repeat(1 + (index % 30))),
        maxTokens: 1 + (index % 40),
        stop: index % 3 === 0 ? [";"] : [],
        sampling: index % 2 === 0 ? greedy : { temperature: 0.2, topP: 0.9, topK: index % 50, seed: index },
        priority: "completion",
      },
      signal,
    ),
  );
const chat =
  (thinkingTokens: number | undefined): Ask =>
  (runtime, index, signal) => {
    const thinking = thinkingTokens === undefined ? {} : { thinkingTokens };
    const priority = index % 2 === 0 ? "chat" : "repair";
    const sampling = { temperature: 0.6, topP: 0.95 };
    return collect(
      runtime.chat(chatRequest({ ...thinking, sampling, priority, maxTokens: 5 + (index % 20) }), signal),
    );
  };

/** As often as they stand here. */
const kinds: readonly (readonly [kind: string, ask: Ask])[] = [
  ["infill", infill],
  ["chat", chat(undefined)],
  [
    "warm",
    (runtime, index, signal) => runtime.warm({ prompt: fim(`b${index}`), priority: "completion" }, signal),
  ],
  ["infill", infill],
  ["chat that does not think", chat(0)],
  [
    "embed",
    (runtime, index, signal) => runtime.embed({ texts: [`t${index}`, "u"], priority: "background" }, signal),
  ],
  ["chat that thinks shortly", chat(2)],
  ["countTokens", (runtime, index) => runtime.countTokens(`count ${index}`)],
];

if (realOllama.need.met) await measure();
else console.log(`skipped, needs ${realOllama.need.what}`);
process.exit(0);

async function measure(): Promise<void> {
  const server = await startOllama();
  const host = hostFixture();
  try {
    await server.create(name, (await models.scripted()).path);
    const { runtime } = await host.client().open({ runtime: "ollama", url: server.url, model: name }, never);
    const loads = server.loads();
    const asked = new Map<string, number>();
    const times: number[] = [];
    let aborted = 0;
    for (let index = 0; index < requests; index++) {
      const [kind, ask] = kinds[index % kinds.length] ?? assert.fail();
      const aborts = index % 5 === 3;
      const signal = aborts ? AbortSignal.timeout(Math.floor(Math.random() * 40)) : never;
      const began = performance.now();
      await ask(runtime, index, signal).catch((error: unknown) => assert.ok(signal.aborted, String(error)));
      if (signal.aborted) aborted++;
      else times.push(performance.now() - began);
      asked.set(kind, (asked.get(kind) ?? 0) + 1);
    }
    const reloads = server.loads() - loads;
    const sum = [...asked].map(([kind, count]) => `${count} ${kind}`).join(", ");
    console.log(`${requests} requests (${sum}; ${aborted} of them aborted): ${reloads} reloads; wanted 0`);
    console.log(`a request that was not aborted: ${new Spread(times).milliseconds()}`);
    const other = { model: name, prompt: "b", raw: true, stream: false, options };
    await (await fetch(`${server.url}/api/generate`, { method: "POST", body: JSON.stringify(other) })).text();
    await infill(runtime, 0, never);
    console.log(
      `control: a context of others' makes it ${server.loads() - loads - reloads} reloads more; wanted 2`,
    );
  } finally {
    await host.dispose();
    await server.stop();
  }
}
