/**
 * `node bench/abort.ts [--only llama-server] [--part streaming] [--aborts 200]`: what an abort leaves to the runtimes, on their own
 * account of their work, through the host as in the editor. Once tokens stream: from `abort()` until the runtime says
 * that nothing runs in it. Before the first token: how many tokens of the prompt it still computes for nobody,
 * counted from its last word before the abort. A server of OpenAI's protocol takes a prompt whole and stands there
 * to compare: what a llama-server computes when it is not asked in steps.
 */

import { parseArgs } from "node:util";
import type { ModelRuntime } from "../server/model/model-runtime.ts";
import { models } from "../test/runtime/contract/models.ts";
import type { RuntimeUnderTest, Started } from "../test/runtime/contract/runtime.ts";
import { embedded } from "../test/runtime/contract/runtimes/embedded.ts";
import { llamaServer } from "../test/runtime/contract/runtimes/llama-server.ts";
import { ollama } from "../test/runtime/contract/runtimes/ollama.ts";
import { openAiOnLlamaServer } from "../test/runtime/contract/runtimes/openai.ts";
import { collect, fim, greedy, hostFixture, never } from "../test/support/host-fixture.ts";
import { exitOnSignals } from "./end-with.ts";
import { Spread, verdict } from "./spread.ts";

exitOnSignals();
const { values: flags } = parseArgs({
  options: {
    aborts: { type: "string", default: "200" },
    only: { type: "string", default: "" },
    part: { type: "string", default: "" },
  },
});
const aborts = Number(flags.aborts);
/** Each computes a prompt of thousands of tokens, or a good part of it; what is there to compare needs fewer. */
const prefillShare = 1 / 4;
const comparedShare = 1 / 10;
const mostAbortMs = 150;
const mostForNobody = 512;
/** The answer of the model has 120 pieces. */
const latestPiece = 40;
const promptTokens = 3500;

interface Row {
  readonly under: RuntimeUnderTest;
  /** Not held to the numbers; what it is there for. */
  readonly compare?: string;
}

const rows: readonly Row[] = [
  { under: embedded },
  { under: llamaServer() },
  { under: openAiOnLlamaServer(), compare: "a prompt sent whole" },
  { under: ollama() },
];

for (const row of rows) {
  const { name, need } = row.under;
  if (!name.includes(flags.only)) continue;
  if (need.met) await measure(row);
  else console.log(`${name}: skipped, needs ${need.what}`);
}
process.exit(0);

interface Subject {
  readonly runtime: ModelRuntime;
  readonly started: Started;
  /** How many aborts. */
  readonly count: number;
}

async function measure({ under, compare }: Row): Promise<void> {
  const host = hostFixture();
  const client = host.client();
  const started = await under.start(await models.slow(), client);
  try {
    const { runtime } = await client.open(started.spec, never);
    const count = Math.ceil(aborts * (compare === undefined ? 1 : comparedShare));
    const subject = { runtime, started, count };
    await started.idle();
    const note = (value: number, most: number) =>
      compare === undefined ? verdict(value, most) : `to compare: ${compare}`;
    if ("streaming".includes(flags.part)) {
      const { idle, ended } = await whileStreaming(subject);
      console.log(
        `${under.name}, streaming: abort to idle ${idle.milliseconds()}; p99 ${note(idle.at(0.99), mostAbortMs)}; ` +
          `to the end of the stream ${ended.milliseconds()}`,
      );
    }
    if ("before the first token".includes(flags.part)) {
      const { idle, tokens } = await beforeFirstToken(subject);
      console.log(
        `${under.name}, before the first token: tokens for nobody ${tokens.counts()}; ` +
          `${note(tokens.at(1), mostForNobody)}; abort to idle ${idle.milliseconds()}`,
      );
    }
  } finally {
    await started.stop();
    await host.dispose();
  }
}

async function whileStreaming({ runtime, started, count }: Subject) {
  const idle: number[] = [];
  const ended: number[] = [];
  for (let index = 0; index < count; index++) {
    const controller = new AbortController();
    const last = 1 + Math.floor(Math.random() * latestPiece);
    let abortedAt = 0;
    let resting: Promise<void> | undefined;
    let pieces = 0;
    for await (const _ of runtime.infill(requestOf(index, 20), controller.signal)) {
      if (++pieces !== last) continue;
      abortedAt = performance.now();
      controller.abort();
      resting = started.idle().then(() => void idle.push(performance.now() - abortedAt));
    }
    ended.push(performance.now() - abortedAt);
    await resting;
  }
  return { idle: new Spread(idle), ended: new Spread(ended) };
}

async function beforeFirstToken(subject: Subject) {
  const { runtime, started } = subject;
  const count = Math.ceil(subject.count * prefillShare);
  const whole = performance.now();
  await collect(runtime.infill({ ...requestOf(0, promptTokens), maxTokens: 1 }, never));
  const span = performance.now() - whole;
  const idle: number[] = [];
  const tokens: number[] = [];
  for (let index = 1; tokens.length < count; index++) {
    const controller = new AbortController();
    await started.idle();
    const request = collect(runtime.infill(requestOf(index, promptTokens), controller.signal));
    const until = performance.now() + Math.random() * span;
    // Its last word before the abort: what it says between two steps.
    let before = await started.computed();
    while (performance.now() < until) before = await started.computed();
    const abortedAt = performance.now();
    controller.abort();
    const { text } = await request;
    await started.idle();
    if (text !== "") continue;
    idle.push(performance.now() - abortedAt);
    tokens.push((await started.computed()).prompt - before.prompt);
  }
  return { idle: new Spread(idle), tokens: new Spread(tokens) };
}

/** Different from its first text on, so that nothing is cached. */
function requestOf(index: number, tokens: number) {
  const start = String.fromCharCode(0x21 + (index % 90));
  return {
    prompt: fim(start.repeat(tokens)),
    maxTokens: 1000,
    stop: [],
    sampling: greedy,
    priority: "completion",
  } as const;
}
