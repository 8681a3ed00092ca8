/**
 * `node bench/together.ts [--only "1 slot"] [--completions 60] [--rounds 4] [--beside chat]`: what a completion waits for a chat that
 * streams and an index that embeds, through the host and its queues. In each round first completions alone, then the
 * same beside both, so that what the machine does besides meets both; the ratio of the 95th percentiles counts.
 * A llama-server that generates cannot embed: the index has one of its own then, on the same cores.
 */

import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { ModelRuntime } from "../server/model/model-runtime.ts";
import type { HostClient } from "../server/runtime/host/client.ts";
import type { ModelFile, RuntimeUnderTest, Started } from "../test/runtime/contract/runtime.ts";
import { embedded } from "../test/runtime/contract/runtimes/embedded.ts";
import { llamaServer } from "../test/runtime/contract/runtimes/llama-server.ts";
import { ollama } from "../test/runtime/contract/runtimes/ollama.ts";
import { collect, fim, greedy, hostFixture, never } from "../test/support/host-fixture.ts";
import { scripted } from "../test/support/scripted-model.ts";
import { exitOnSignals } from "./end-with.ts";
import { Spread, verdict } from "./spread.ts";

exitOnSignals();
const { values: flags } = parseArgs({
  options: {
    completions: { type: "string", default: "60" },
    rounds: { type: "string", default: "4" },
    only: { type: "string", default: "" },
    beside: { type: "string", default: "chat and index" },
  },
});
const rounds = Number(flags.rounds);
const completions = Math.ceil(Number(flags.completions) / rounds);

interface Row {
  readonly title: string;
  readonly under: RuntimeUnderTest;
  /** Of the 95th percentile together to that alone. */
  readonly most: number;
  /** Who embeds, where the runtime itself does not. */
  readonly embeds?: RuntimeUnderTest;
}

const rows: readonly Row[] = [
  { title: "embedded, one step at a time", under: embedded, most: 2.5 },
  {
    title: "llama-server, 2 slots",
    under: llamaServer(["--parallel", "2"]),
    most: 1.5,
    embeds: llamaServer(["--parallel", "1"]),
  },
  {
    title: "llama-server, 1 slot",
    under: llamaServer(["--parallel", "1"]),
    most: 2.5,
    embeds: llamaServer(["--parallel", "1"]),
  },
  { title: "ollama, 1 slot", under: ollama(), most: 2.5 },
];

const none = Promise.resolve(0);
/** The pause of a person between two keys that ask. */
const pauseMs = 100;
const completionTokens = 16;
/** Characters, each a token. */
const windowTokens = 600;
const chunkTokens = 400;
const chatTokens = 500;
const steps = (word: string) => Array.from({ length: chatTokens + 100 }, (_, index) => `${word}${index} `);

for (const row of rows) {
  if (!row.title.includes(flags.only)) continue;
  const need = [row.under, row.embeds].find((under) => under && !under.need.met)?.need;
  if (need) console.log(`${row.title}: skipped, needs ${need.what}`);
  else await measure(row);
}
process.exit(0);

/** Steps of some ten milliseconds on two cores: 24 million parameters. */
async function modelFile(task: ModelFile["task"]): Promise<ModelFile> {
  const shape = { layers: 4, width: 1024, feedForward: 2048, kvHeads: 2, weights: "F16" } as const;
  const model = { infill: "computed(first, second);", chat: steps("w") };
  return {
    path: await scripted(model, { name: "scripted-qwen-coder", ...shape }),
    contextTokens: 4096,
    task,
  };
}

async function measure({ title, under, embeds, most }: Row): Promise<void> {
  const host = hostFixture();
  // As two windows: one types and chats, the other's index is read.
  const [window, other] = [host.client(), host.client()];
  const started: Started[] = [];
  const open = async (one: RuntimeUnderTest, client: HostClient, task: ModelFile["task"]) => {
    const runtime = await one.start(await modelFile(task), client);
    started.push(runtime);
    return (await client.open(runtime.spec, never)).runtime;
  };
  try {
    const runtime = await open(under, window, "generate");
    const embedding = embeds ? await open(embeds, other, "embed") : runtime;
    await typing(runtime, 4);
    const alone: number[] = [];
    const together: number[] = [];
    for (let round = 0; round < rounds; round++) {
      alone.push(...(await typing(runtime, completions)));
      const end = new AbortController();
      const chats = flags.beside.includes("chat") ? chatting(runtime, end.signal) : undefined;
      const others = [
        chats?.pieces ?? none,
        flags.beside.includes("index") ? embedAll(embedding, end.signal) : none,
      ];
      await chats?.begun;
      await setTimeout(500);
      together.push(...(await typing(runtime, completions)));
      end.abort();
      const [words, chunks] = await Promise.all(others);
      if (round === 0) console.log(`${title}: beside them ${words} pieces of chats and ${chunks} chunks`);
    }
    report(title, { alone: new Spread(alone), together: new Spread(together), most });
  } finally {
    for (const one of started) await one.stop();
    await host.dispose();
  }
}

interface Measured {
  readonly alone: Spread;
  readonly together: Spread;
  readonly most: number;
}

function report(title: string, { alone, together, most }: Measured): void {
  const ratio = together.at(0.95) / alone.at(0.95);
  const middle = together.at(0.5) / alone.at(0.5);
  console.log(`${title}: alone ${alone.milliseconds()}`);
  console.log(`${title}: together ${together.milliseconds()}`);
  console.log(`${title}: p95 ${ratio.toFixed(2)} ×, ${verdict(ratio, most)}; p50 ${middle.toFixed(2)} ×`);
}

/** A person who types: the text before the cursor grows, what stands behind it stays. Milliseconds to each whole answer. */
async function typing(runtime: ModelRuntime, count: number): Promise<readonly number[]> {
  const times: number[] = [];
  const begun = "a".repeat(windowTokens) + String.fromCharCode(0x61 + Math.floor(Math.random() * 26));
  for (let index = 0; index < count; index++) {
    await setTimeout(pauseMs);
    const prompt = fim(begun + "bcd".repeat(index));
    const answer = {
      maxTokens: completionTokens,
      stop: [],
      sampling: greedy,
      priority: "completion",
    } as const;
    const asked = performance.now();
    await collect(runtime.infill({ prompt, ...answer }, never));
    times.push(performance.now() - asked);
  }
  return times;
}

interface Chats {
  /** Resolves when the first has begun to answer. */
  readonly begun: Promise<void>;
  /** How many pieces came. */
  readonly pieces: Promise<number>;
}

/** One chat after the other. */
function chatting(runtime: ModelRuntime, signal: AbortSignal): Chats {
  const begun = Promise.withResolvers<void>();
  const ask = async () => {
    let pieces = 0;
    for (let turn = 0; !signal.aborted; turn++) {
      const messages = [{ role: "user", text: `${turn} ${"Why? ".repeat(60)}` }] as const;
      const answer = { maxTokens: chatTokens, stop: [], sampling: greedy, priority: "chat" } as const;
      for await (const { kind } of runtime.chat({ messages, ...answer }, signal)) {
        if (kind === "stream-end") continue;
        begun.resolve();
        pieces++;
      }
    }
    return pieces;
  };
  return { begun: begun.promise, pieces: ask() };
}

/** One chunk after the other, as an index does; how many were embedded. */
async function embedAll(runtime: ModelRuntime, signal: AbortSignal): Promise<number> {
  for (let chunk = 0; ; chunk++) {
    const texts = [`${chunk} ${"c".repeat(chunkTokens)}`];
    try {
      await runtime.embed({ texts, priority: "background" }, signal);
    } catch (error) {
      if (signal.aborted) return chunk;
      throw error;
    }
  }
}
