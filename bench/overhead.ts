/**
 * `node bench/overhead.ts [--only ollama] [--requests 200]`: what an adapter adds to the first token, by itself and with
 * the host between, against a bare socket that stays open and sends the same runtime the very requests which the adapter
 * sends, in turns. First the prompt stays the same: the runtime has it in its cache, and what is left is the way. Then
 * it grows by a letter with every request, as while a person types, and the runtime computes as much for each of the
 * three. Not curl: its own clock stops at the headers, which llama-server sends before it has a token, and its start
 * hides the rest.
 */

import { createServer, request as forward } from "node:http";
import { parseArgs } from "node:util";
import { systemClock } from "../server/base/clock.ts";
import { silentLogger } from "../server/base/log.ts";
import type { ModelRuntime } from "../server/model/model-runtime.ts";
import { memoryNow } from "../server/runtime/discovery/memory-now.ts";
import type { HostClient, ModelSpec } from "../server/runtime/host/client.ts";
import { findModel } from "../server/runtime/host/find-model.ts";
import { noMemory } from "../server/runtime/host/ladder-memory.ts";
import { carriedBuild, type SourcePorts } from "../server/runtime/host/model-source.ts";
import { noPrograms } from "../server/runtime/supervisor/no-programs.ts";
import type { RuntimeUnderTest } from "../test/runtime/contract/runtime.ts";
import { llamaServer } from "../test/runtime/contract/runtimes/llama-server.ts";
import { ollama } from "../test/runtime/contract/runtimes/ollama.ts";
import { openAiOnLlamaServer } from "../test/runtime/contract/runtimes/openai.ts";
import { collect, fim, greedy, hostFixture, never } from "../test/support/host-fixture.ts";
import { scripted } from "../test/support/scripted-model.ts";
import { BareClient, type BareRequest } from "./bare-client.ts";
import { exitOnSignals } from "./end-with.ts";
import { Spread, verdict } from "./spread.ts";

exitOnSignals();
const { values: flags } = parseArgs({
  options: { requests: { type: "string", default: "200" }, only: { type: "string", default: "" } },
});
const mostMs = 3;
/** For an adapter in this process: it starts nothing. */
const ports: SourcePorts = {
  childEntry: "",
  clock: systemClock,
  log: silentLogger,
  programs: noPrograms,
  builds: carriedBuild,
  ladder: { memory: noMemory, circumstances: memoryNow },
  onState: () => {},
};
/** Of each, that do not count: code that is compiled, connections that are made. */
const warmUp = 20;
const requests = Number(flags.requests);
const line = "const answer = ";
const prompts: readonly Prompts[] = [
  { name: "the same prompt", prefix: () => line.repeat(20) },
  { name: "a letter more each time", prefix: (turn) => `${line.repeat(20)}${typed(turn)}` },
];

interface Prompts {
  readonly name: string;
  /** What is before the cursor at this turn. */
  readonly prefix: (turn: number) => string;
}

/** A line has been written after some letters, and the next one begins. */
function typed(letters: number): string {
  const text = "\nconst total = sum(answer);";
  return text.repeat(Math.ceil(letters / text.length)).slice(0, letters);
}

function requestOf(prefix: string) {
  return { prompt: fim(prefix), maxTokens: 4, stop: [], sampling: greedy, priority: "completion" } as const;
}

for (const under of [llamaServer(), openAiOnLlamaServer(), ollama()]) {
  if (!under.name.includes(flags.only)) continue;
  if (under.need.met) await measure(under);
  else console.log(`${under.name}: skipped, needs ${under.need.what}`);
}
process.exit(0);

async function measure(under: RuntimeUnderTest): Promise<void> {
  const host = hostFixture();
  const client = host.client();
  const path = await scripted({ infill: "return x; return y;" }, { name: "scripted-qwen-coder" });
  const started = await under.start({ path, contextTokens: 4096, task: "generate" }, client);
  try {
    for (const each of prompts) await compare(under.name, { client, spec: started.spec, prompts: each });
  } finally {
    await started.stop();
    await host.dispose();
  }
}

interface Way {
  readonly client: HostClient;
  readonly spec: ModelSpec;
  readonly prompts: Prompts;
}

/** To the first token, in milliseconds, of one turn. */
interface Turn {
  readonly bare: number;
  readonly adapter: number;
  readonly host: number;
}

async function compare(name: string, { client, spec, prompts: { name: kind, prefix } }: Way): Promise<void> {
  const sent = await sentBy(
    client,
    spec,
    Array.from({ length: warmUp + requests }, (_, index) => prefix(3 * index + 2)),
  );
  const opened = await client.open(spec, never);
  const adapter = (await findModel(spec)).create(ports);
  const bare = new BareClient();
  const turns: Turn[] = [];
  for (const [index, request] of sent.entries()) {
    const turn = {
      host: await firstToken(opened.runtime, prefix(3 * index)),
      adapter: await firstToken(adapter.runtime, prefix(3 * index + 1)),
      bare: await bare.firstToken(request),
    };
    if (index >= warmUp) turns.push(turn);
  }
  bare.dispose();
  adapter.dispose();
  opened.dispose();
  report(`${name}, ${kind}`, turns);
}

function report(title: string, turns: readonly Turn[]): void {
  const spread = (way: keyof Turn) => new Spread(turns.map((turn) => turn[way]));
  const [bare, adapter, host] = [spread("bare"), spread("adapter"), spread("host")];
  const added = (way: Spread, share: number) => way.at(share) - bare.at(share);
  const said = (way: Spread) =>
    `added at p50 ${added(way, 0.5).toFixed(1)} ms, at p95 ${added(way, 0.95).toFixed(1)} ms`;
  console.log(`${title}: bare ${bare.milliseconds()}`);
  console.log(`${title}: adapter ${adapter.milliseconds()}`);
  console.log(`${title}: adapter, ${said(adapter)}; ${verdict(added(adapter, 0.95), mostMs)}`);
  console.log(`${title}: with the host between, ${said(host)}`);
}

async function firstToken(runtime: ModelRuntime, prefix: string): Promise<number> {
  const asked = performance.now();
  let first = Number.NaN;
  for await (const { kind } of runtime.infill(requestOf(prefix), never))
    if (kind === "text-delta" && Number.isNaN(first)) first = performance.now() - asked;
  return first;
}

/** The request for each answer itself: the last that the adapter sends for it, caught on its way. */
async function sentBy(
  client: HostClient,
  spec: ModelSpec,
  prefixes: readonly string[],
): Promise<readonly BareRequest[]> {
  if (!("url" in spec)) throw new Error("only what is reached by an address");
  const target = new URL(spec.url);
  let last: BareRequest | undefined;
  const proxy = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      last = { url: new URL(incoming.url ?? "", target).href, body: body.toString() };
      const { method, headers } = incoming;
      const passed = forward(last.url, { method, headers: { ...headers, host: target.host } }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      outgoing.once("close", () => passed.destroy());
      passed.once("error", () => outgoing.destroy());
      passed.end(body);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  if (typeof address !== "object" || !address) throw new Error("no address");
  const url = new URL(spec.url);
  url.port = String(address.port);
  const opened = await client.open({ ...spec, url: url.href }, never);
  const sent: BareRequest[] = [];
  const bodies = new Map<string, BareRequest>();
  for (const prefix of prefixes) {
    const known = bodies.get(prefix);
    if (!known) await collect(opened.runtime.infill(requestOf(prefix), never));
    const caught = known ?? last;
    if (!caught) throw new Error("the adapter sent nothing");
    bodies.set(prefix, caught);
    sent.push(caught);
  }
  opened.dispose();
  proxy.closeAllConnections();
  proxy.close();
  return sent;
}
