/**
 * The language server as an editor meets it: how soon it is ready, what it adds to a completion, and what it
 * holds in memory after a day's typing. `node bench/server.ts [--program dist/server.js] [--requests 2000]`.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { entryPoint } from "../server/entries.ts";
import { type MetricsResult, metricsRequest } from "../server/protocol/metrics.ts";
import { LanguageClient } from "../test/support/language-client.ts";
import { scripted } from "../test/support/scripted-model.ts";
import { Typist } from "./typist.ts";

const { values } = parseArgs({
  options: {
    program: {
      type: "string",
      default: existsSync("dist/server.js") ? "dist/server.js" : entryPoint("server"),
    },
    requests: { type: "string", default: "2000" },
    edits: { type: "string", default: "10000" },
    starts: { type: "string", default: "20" },
  },
});
const program = resolve(values.program);
const [requests, edits, starts] = [Number(values.requests), Number(values.edits), Number(values.starts)];
/** A person stays at a place for about as long. */
const keysAStatement = 20;
console.log(`${program} under Node ${process.versions.node}`);

await readiness();
await overhead();
await memory();

/** From the start of the process to the result of `initialize`, beside a Node that does nothing. */
async function readiness(): Promise<void> {
  const ready: number[] = [];
  const bare: number[] = [];
  for (let start = 0; start < starts; start++) {
    const began = performance.now();
    const client = await LanguageClient.start({ program });
    await client.initialize();
    ready.push(performance.now() - began);
    await client.dispose();
    const nothing = performance.now();
    await once(spawn(process.execPath, ["-e", ""]), "exit");
    bare.push(performance.now() - nothing);
  }
  print("ready (ms; at most 400)", ready);
  print("node alone (ms)", bare);
}

/**
 * A person types in a file of 5,000 lines and a scripted model answers. What the server adds is the whole
 * round trip of the change and the request, less what the model took.
 */
async function overhead(): Promise<void> {
  const model = await scripted({ infill: "computed(first, second);" });
  const client = await LanguageClient.start({ program });
  const settings = { "roles.complete": `embedded/${model}` };
  await client.initialize({ initializationOptions: { settings } });
  const typist = await Typist.open(client, 5000);
  await client.status(({ roles }) => roles.complete.runtime === "embedded");
  await typist.complete();
  let before = await modelMs(client);
  const cpuBefore = processorMs(client.process.pid);
  const added: number[] = [];
  const wire: number[] = [];
  for (let request = 0; request < requests; request++) {
    if (request % keysAStatement === 0) await typist.newStatement();
    const began = performance.now();
    await typist.type(" (a+1)*"[request % 7] ?? " ");
    await typist.complete();
    const took = performance.now() - began;
    const asked = performance.now();
    const after = await modelMs(client);
    wire.push(performance.now() - asked);
    if (after.count > before.count) added.push(took - (after.sum - before.sum));
    before = after;
  }
  const { counters, latencies } = await metricsOf(client);
  console.log(`${added.length} of ${requests} requests reached a model: ${JSON.stringify(counters)}`);
  print("own overhead in a round trip (ms; p99 at most 5)", added);
  print("an empty round trip (ms)", wire);
  console.log(`overhead within the server: ${JSON.stringify(latencies["completion.overhead"])}`);
  const cpu = (processorMs(client.process.pid) - cpuBefore) / requests;
  console.log(
    `processor time of the server, for a change, a completion and two requests: ${cpu.toFixed(2)} ms`,
  );
  await client.shutDown();
  await client.dispose();
}

async function memory(): Promise<void> {
  const client = await LanguageClient.start({ program });
  await client.initialize();
  const typist = await Typist.open(client, 5000);
  await typist.complete();
  const rows = [];
  for (let part = 0; part <= 5; part++) {
    const { memory: held, builtin } = await metricsOf(client);
    rows.push({
      edits: (part * edits) / 5,
      completions: (part * requests) / 5,
      "rss less counts MB": ((held.rss - builtin.bytes) / 1e6).toFixed(1),
      "heap MB": (held.heapUsed / 1e6).toFixed(1),
      "external MB": (held.external / 1e6).toFixed(1),
    });
    for (let edit = 0; edit < edits / 5; edit++) {
      if (edit % keysAStatement === 0) await typist.newStatement();
      await typist.type("const value = computed(first, second); "[edit % 39] ?? " ");
      if (edit % Math.max(1, Math.round(edits / requests)) === 0) await typist.complete();
    }
  }
  console.table(rows);
  await client.shutDown();
  await client.dispose();
}

/** User and system time that the process has taken, all its threads; NaN where /proc does not tell. */
function processorMs(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.NaN;
  }
}

function metricsOf(client: LanguageClient): Promise<MetricsResult> {
  return client.connection.sendRequest<MetricsResult>(metricsRequest.method, {});
}

async function modelMs(client: LanguageClient): Promise<{ readonly count: number; readonly sum: number }> {
  const { latencies } = await metricsOf(client);
  return latencies["completion.model"] ?? { count: 0, sum: 0 };
}

function print(name: string, samples: readonly number[]): void {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN).toFixed(2);
  console.log(`${name}: p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, max ${at(1)}`);
}
