/**
 * `node bench/abort.ts [--only scripted] [--aborts 200] [--rounds 3]`: how soon an abort leaves the model idle in the middle of a prefill, and what working in steps costs. Two
 * models with zero weights, which cost as much as learnt ones: a tiny one, and one of half a billion
 * parameters' shape, written for the bench and deleted after it.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../server/base/clock.ts";
import { entryPoint } from "../server/entries.ts";
import type { ModelRuntime } from "../server/model/model-runtime.ts";
import { control, type PromptPiece, text } from "../server/model/prompt.ts";
import { EmbeddedRuntime } from "../server/runtime/embedded/embedded-runtime.ts";
import { loadModel } from "../server/runtime/embedded/load.ts";
import { HostClient } from "../server/runtime/host/client.ts";
import { type ScriptedShape, writeScripted } from "../test/support/scripted-model.ts";

const { values: flags } = parseArgs({
  options: {
    aborts: { type: "string", default: "200" },
    rounds: { type: "string", default: "3" },
    only: { type: "string", default: "" },
  },
});
const promptTokens = 2000;
const aborts = Number(flags.aborts);
const rounds = Number(flags.rounds);
/** Deep in a prefill of seconds nothing else happens than in its first half second. */
const latestAbortMs = 500;

const shapes: readonly { readonly title: string; readonly shape: ScriptedShape }[] = [
  { title: "scripted", shape: {} },
  {
    title: "0.5 B shape",
    // Qwen2.5-0.5B's: 24 layers of 896 with 2 key/value heads, and its vocabulary.
    shape: { layers: 24, width: 896, feedForward: 4864, kvHeads: 2, vocabulary: 151_936, weights: "Q8_0" },
  },
];

const never = new AbortController().signal;
const folder = await mkdtemp(join(tmpdir(), "hearth-abort-"));
try {
  for (const [index, { title, shape }] of shapes.entries()) {
    if (!title.includes(flags.only)) continue;
    const path = join(folder, `${index}.gguf`);
    await writeScripted(path, { infill: "return x;" }, shape);
    const { stepped, whole, step } = await steppedAgainstWhole(path);
    const ratios = [stepped.wall / whole.wall, stepped.cpu / whole.cpu].map((ratio) => ratio.toFixed(2));
    console.log(
      `${title}: ${promptTokens} tokens in steps ${stepped.wall.toFixed(0)} ms, whole ${whole.wall.toFixed(0)} ms ` +
        `(${ratios[0]} ×, by processor time ${ratios[1]} ×; target 1.15); 32 tokens ${step.wall.toFixed(0)} ms`,
    );
    const times = await abortTimes(path);
    console.log(
      `${title}: abort to idle, ${times.length} aborts: p50 ${at(times, 0.5)}, p99 ${at(times, 0.99)}, most ${at(times, 1)} ` +
        `(target: p99 of 100 ms, or one step)`,
    );
    await rm(path);
  }
} finally {
  await rm(folder, { recursive: true });
}
process.exit(0);

interface Comparison {
  readonly stepped: Cost;
  readonly whole: Cost;
  readonly step: Cost;
}

/** Milliseconds by the clock, and of the processors, which other programs disturb less. */
interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/** In this process, the two in turns, medians; the whole one with the number of threads that is best for it. */
async function steppedAgainstWhole(path: string): Promise<Comparison> {
  const { embedded } = await loadModel(loadParams(path), {
    library: await import("node-llama-cpp"),
    onProgress: () => {},
    onLog: () => {},
  });
  const runtime = new EmbeddedRuntime(embedded);
  await runtime.prepare("completion");
  const sequence = (await embedded.createContext(4096)).getSequence();
  const whole = async (tokens: number, threads: number) => {
    embedded.model.llama.maxThreads = threads;
    const prompt = embedded.model.tokenize("x".repeat(tokens), false);
    const ms = await costOf(() => sequence.evaluateWithoutGeneratingNewTokens(prompt));
    await sequence.clearHistory();
    return ms;
  };
  const most = sequence.context.idealThreads;
  const best = (await whole(256, 1)).wall < (await whole(256, most)).wall ? 1 : most;
  const stepped: Cost[] = [];
  const wholes: Cost[] = [];
  const steps: Cost[] = [];
  for (let round = 0; round < rounds; round++) {
    stepped.push(
      await costOf(() => runtime.warm({ prompt: promptOf(round), priority: "completion" }, never)),
    );
    wholes.push(await whole(promptTokens, best));
    steps.push(await whole(32, best));
  }
  await embedded.model.dispose();
  return { stepped: medians(stepped), whole: medians(wholes), step: medians(steps) };
}

/** Through the host and its child, as in the editor: from `abort()` to the end of the stream. */
async function abortTimes(path: string): Promise<readonly number[]> {
  const home = join(folder, "home");
  const log = { log: () => {} };
  const client = new HostClient({
    home,
    entry: entryPoint("host"),
    childEntry: entryPoint("child"),
    log,
    clock: systemClock,
    idleMs: 0,
  });
  try {
    const { runtime } = await client.open({ runtime: "embedded", path }, never);
    const whole = await timed(() =>
      runtime.warm({ prompt: promptOf(aborts), priority: "completion" }, never),
    );
    const span = Math.min(whole * 0.9, latestAbortMs);
    const times: number[] = [];
    for (let index = 0; times.length < aborts; index++) {
      const time = await abortTime(runtime, promptOf(aborts + index + 1), (span * (index % 97)) / 97);
      if (time !== undefined) times.push(time);
    }
    return times.toSorted((a, b) => a - b);
  } finally {
    client.dispose();
  }
}

/** Undefined when the answer was there before the abort. */
async function abortTime(
  runtime: ModelRuntime,
  prompt: readonly PromptPiece[],
  afterMs: number,
): Promise<number | undefined> {
  const controller = new AbortController();
  let abortedAt: number | undefined;
  const timer = setTimeout(() => {
    abortedAt = performance.now();
    controller.abort();
  }, afterMs);
  const request = {
    prompt,
    maxTokens: 1,
    stop: [],
    sampling: { temperature: 0 },
    priority: "completion",
  } as const;
  for await (const part of runtime.infill(request, controller.signal)) {
    if (part.kind === "stream-end" && part.reason === "aborted" && abortedAt !== undefined)
      return performance.now() - abortedAt;
  }
  clearTimeout(timer);
  return undefined;
}

/** Different from its first character on, so that nothing is cached. */
function promptOf(index: number): readonly PromptPiece[] {
  const start = String.fromCharCode(0x21 + (index % 90));
  return [
    control("<|fim_prefix|>"),
    text(start.repeat(promptTokens - 3)),
    control("<|fim_suffix|>"),
    control("<|fim_middle|>"),
  ];
}

function loadParams(path: string) {
  return {
    path,
    architecture: "qwen2",
    needs: { weightBytes: 0, kvBytesPerToken: 0, computeBytes: 0, trainedContextTokens: 4096 },
    completes: true,
  };
}

async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const before = process.cpuUsage();
  const wall = await timed(work);
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / 1000 };
}

function medians(costs: readonly Cost[]): Cost {
  return { wall: median(costs.map(({ wall }) => wall)), cpu: median(costs.map(({ cpu }) => cpu)) };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function at(sorted: readonly number[], fraction: number): string {
  return `${(sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * fraction) - 1)] ?? 0).toFixed(1)} ms`;
}
