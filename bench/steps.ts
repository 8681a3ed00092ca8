/**
 * `node bench/steps.ts [--only scripted] [--aborts 200] [--rounds 3]`: how soon an abort leaves the embedded model
 * idle in the middle of a prefill, and what working in steps costs. Two models with zero weights, which cost as
 * much as learnt ones: a tiny one, and one of half a billion parameters' shape, deleted after the bench.
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
import { Spread, verdict } from "./spread.ts";

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
/** Deep in a prefill of seconds nothing else happens than in its first second. */
const latestAbortMs = 1000;
const mostSlower = 1.15;
const mostAbortMs = 100;
/** Aborts for each measured step of 32 tokens, so that both meet the same machine. */
const abortsPerStep = 5;

interface BenchedModel {
  readonly title: string;
  readonly shape: ScriptedShape;
  /** Of the prompt computed in steps and whole: fewer for the slow one. */
  readonly comparedTokens: number;
}

const benched: readonly BenchedModel[] = [
  { title: "scripted", shape: {}, comparedTokens: 2000 },
  {
    title: "0.5 B shape",
    comparedTokens: 1000,
    // Qwen2.5-0.5B's: 24 layers of 896 with 2 key/value heads, and its vocabulary.
    shape: { layers: 24, width: 896, feedForward: 4864, kvHeads: 2, vocabulary: 151_936, weights: "Q8_0" },
  },
];

const never = new AbortController().signal;
const folder = await mkdtemp(join(tmpdir(), "hearth-steps-"));
try {
  for (const [index, { title, shape, comparedTokens }] of benched.entries()) {
    if (!title.includes(flags.only)) continue;
    const path = join(folder, `${index}.gguf`);
    await writeScripted(path, { infill: "return x;" }, shape);
    const { stepped, whole } = await steppedAgainstWhole(path, comparedTokens);
    const slower = stepped.wall / whole.wall;
    console.log(
      `${title}: ${comparedTokens} tokens in steps ${milliseconds(stepped.wall)}, whole ${milliseconds(whole.wall)}: ` +
        `${slower.toFixed(2)} × (by processor time ${(stepped.cpu / whole.cpu).toFixed(2)} ×), ` +
        verdict(slower, mostSlower),
    );
    const span = (stepped.wall * 0.9 * promptTokens) / comparedTokens;
    const { aborted, steps } = await abortTimes(path, Math.min(latestAbortMs, span));
    // A step's own p99, measured in between: the same machine disturbs both.
    const target = Math.ceil(Math.max(mostAbortMs, steps.at(0.99)));
    console.log(
      `${title}: abort to idle ${aborted.milliseconds()}; a step of 32 tokens ${steps.milliseconds()}; ` +
        `p99 ${verdict(aborted.at(0.99), target)}`,
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
}

/** Milliseconds by the clock, and of the processors, which other programs disturb less. */
interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/** In this process, the two in turns, medians; the whole one with the number of threads that is best for it. */
async function steppedAgainstWhole(path: string, tokens: number): Promise<Comparison> {
  const { embedded } = await loadModel(loadParams(path), {
    library: await import("node-llama-cpp"),
    onProgress: () => {},
    onTried: () => {},
    onReported: () => {},
    onLog: () => {},
  });
  const runtime = new EmbeddedRuntime(embedded);
  await runtime.prepare("completion");
  const sequence = (await embedded.createContext(4096)).getSequence();
  const computeWhole = async (count: number, threads: number) => {
    embedded.model.llama.maxThreads = threads;
    const prompt = embedded.model.tokenize("x".repeat(count), false);
    const ms = await costOf(() => sequence.evaluateWithoutGeneratingNewTokens(prompt));
    await sequence.clearHistory();
    return ms;
  };
  const most = sequence.context.idealThreads;
  const best = (await computeWhole(256, 1)).wall < (await computeWhole(256, most)).wall ? 1 : most;
  const stepped: Cost[] = [];
  const wholes: Cost[] = [];
  for (let round = 0; round < rounds; round++) {
    stepped.push(
      await costOf(() => runtime.warm({ prompt: promptOf(round, tokens), priority: "completion" }, never)),
    );
    wholes.push(await computeWhole(tokens, best));
  }
  await embedded.model.dispose();
  return { stepped: medians(stepped), whole: medians(wholes) };
}

interface AbortTimes {
  readonly aborted: Spread;
  readonly steps: Spread;
}

/** Through the host and its child, as in the editor: from `abort()`, within `spanMs` of the start, to the end of the stream. */
async function abortTimes(path: string, spanMs: number): Promise<AbortTimes> {
  const client = new HostClient({
    home: join(folder, "home"),
    entry: entryPoint("host"),
    childEntry: entryPoint("child"),
    log: { log: () => {} },
    clock: systemClock,
    idleMs: 0,
  });
  try {
    const { runtime } = await client.open({ runtime: "embedded", path }, never);
    const aborted: number[] = [];
    const steps: number[] = [];
    for (let index = 0; aborted.length < aborts; index++) {
      if (index % abortsPerStep === 0) {
        const short = { prompt: promptOf(2 * index, 33), priority: "completion" } as const;
        steps.push(await timed(() => runtime.warm(short, never)));
      }
      const time = await abortTime(runtime, promptOf(2 * index + 1, promptTokens), Math.random() * spanMs);
      if (time !== undefined) aborted.push(time);
    }
    return { aborted: new Spread(aborted), steps: new Spread(steps) };
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

/** Different from its first text on, so that nothing is cached. */
function promptOf(index: number, tokens: number): readonly PromptPiece[] {
  const start = String.fromCharCode(0x21 + (index % 90));
  return [
    control("<|fim_prefix|>"),
    text(start.repeat(tokens - 3)),
    control("<|fim_suffix|>"),
    control("<|fim_middle|>"),
  ];
}

function loadParams(path: string) {
  return {
    path,
    architecture: "qwen2",
    needs: {
      weightBytes: 0,
      kvBytesPerToken: 0,
      batchTokenBytes: 0,
      scoreBytes: 0,
      trainedContextTokens: 4096,
    },
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
  return new Spread(values).at(0.5);
}

function milliseconds(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}
