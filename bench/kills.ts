/**
 * `node bench/kills.ts [--kills 100] [--only embedded] [--built]`: the runtime is killed with SIGKILL in the middle of a
 * completion, as often as said, through the completion service, the host and its supervisor. Counts the completions
 * that are whole again within two seconds, beside how long one takes that nobody kills, the texts offered that were cut by a kill, and the processes left behind
 * when all is closed. Each zero has its control: a completer that passes a cut text off as whole is caught, and so is
 * a process that nobody ends.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { ModelSpec } from "../server/runtime/host/client.ts";
import { gone, hostFixture, never } from "../test/support/host-fixture.ts";
import { startOllama } from "../test/support/ollama-process.ts";
import { type RealRuntime, realLlamaServer, realOllama } from "../test/support/real-runtimes.ts";
import { scripted } from "../test/support/scripted-model.ts";
import { type Completing, completionOver } from "./completion-over.ts";
import { exitOnSignals } from "./end-with.ts";
import { Killer } from "./killer.ts";
import { Spread } from "./spread.ts";

exitOnSignals();
const { values: flags } = parseArgs({
  options: {
    kills: { type: "string", default: "100" },
    only: { type: "string", default: "" },
    /** The programs of `dist/`, as people have them, which `npm run build` makes. */
    built: { type: "boolean", default: false },
  },
});
const kills = Number(flags.kills);
const mostRecoveryMs = 2000;
/** So long a completion is asked for again before it counts as lost. */
const patienceMs = 30_000;
/** In the environment of all that this bench starts. */
const mark = `HEARTH_BENCH_KILLS=${randomUUID()}`;
process.env["HEARTH_BENCH_KILLS"] = mark.split("=")[1];

interface Row {
  readonly name: string;
  readonly needs?: RealRuntime;
  prepare(model: string): Promise<Prepared>;
}

interface Prepared {
  readonly spec: ModelSpec;
  dispose(): void;
}

const dist = join(import.meta.dirname, "../dist");
const built = { entry: join(dist, "host.js"), childEntry: join(dist, "child.js") };
const nothing = { dispose: () => {} };
const rows: readonly Row[] = [
  {
    name: "embedded",
    prepare: async (path) => ({ spec: { runtime: "embedded", path }, ...nothing }),
  },
  {
    name: "llama-server, started",
    needs: realLlamaServer,
    prepare: async (path) => ({
      spec: { runtime: "started-llama-server", program: realLlamaServer.path, args: [], path },
      ...nothing,
    }),
  },
  { name: "ollama, started", needs: realOllama, prepare: prepareOllama },
];

for (const row of rows) {
  if (!row.name.includes(flags.only)) continue;
  if (row.needs && !row.needs.need.met) console.log(`${row.name}: skipped, needs ${row.needs.need.what}`);
  else await measure(row);
}
process.exit(0);

/** Makes the model in a folder that the Ollama which Hearth starts finds too. */
async function prepareOllama(path: string): Promise<Prepared> {
  const folder = mkdtempSync(join(tmpdir(), "hearth-kills-"));
  process.env["OLLAMA_MODELS"] = join(folder, "models");
  const server = await startOllama({ OLLAMA_MODELS: join(folder, "models") });
  await server.create("scripted-qwen-coder", path);
  await server.stop();
  const url = `http://127.0.0.1:${await freePort()}`;
  return {
    spec: { runtime: "ollama", url, model: "scripted-qwen-coder", program: realOllama.path },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function measure({ name, ...row }: Row): Promise<void> {
  // One line, long enough to be in the middle of; the service takes the first 64 tokens of it.
  const infill = Array.from({ length: 200 }, (_, index) => `x${index} `);
  const shape = { layers: 4, width: 1024, feedForward: 2048, kvHeads: 2, weights: "F16" } as const;
  const prepared = await row.prepare(await scripted({ infill }, { ...shape, name: "scripted-qwen-coder" }));
  const host = flags.built ? hostFixture(tmpdir(), built) : hostFixture();
  const client = host.client();
  try {
    const killer = new Killer(client);
    const opened = await client.open(prepared.spec, never);
    const runtime = killer.over(opened.runtime);
    const completing = completionOver(() => Promise.resolve({ ...opened, runtime, dispose() {} }), name);
    await completing.ready();
    const whole = await offeredFor(completing, "");
    if (whole === undefined) throw new Error(`${name} completes nothing`);
    const rounds = await killed({ completing, killer, whole });
    report(name, rounds);
    killer.hideEnd = true;
    const cut = await cutOnce({ completing, killer, whole });
    console.log(`${name}: control, a cut text passed off as whole: ${cut ? "caught" : "MISSED"}`);
    completing.dispose();
    opened.dispose();
  } finally {
    await host.dispose();
    prepared.dispose();
  }
  await reportOrphans(name);
}

/** What is offered behind `name =`; undefined for nothing, also where that failed. A name of its own is in no cache. */
async function offeredFor(completing: Completing, name: string): Promise<string | undefined> {
  const text = `const ${name} = `;
  const outcome = await completing.complete({ path: "kills.ts", text, offset: text.length });
  return outcome.kind === "suggested" ? outcome.items[0]?.text : undefined;
}

interface Subject {
  readonly completing: Completing;
  readonly killer: Killer;
  readonly whole: string;
}

interface Rounds {
  /** Of completions that nobody kills. */
  readonly usual: readonly number[];
  /** From the kill to the first part of the next answer. */
  readonly answers: readonly number[];
  readonly recoveries: readonly number[];
  readonly lost: number;
  readonly partial: readonly string[];
}

async function killed({ completing, killer, whole }: Subject): Promise<Rounds> {
  const [usual, answers, recoveries]: [number[], number[], number[]] = [[], [], []];
  const partial: string[] = [];
  let lost = 0;
  for (let round = 0; round < kills; round++) {
    const begun = performance.now();
    await offeredFor(completing, `usual${round}`);
    usual.push(performance.now() - begun);
    const killing = killer.arm(await killer.pid());
    const offered = await offeredFor(completing, `round${round}`);
    if (offered !== undefined && offered !== whole) partial.push(offered);
    const killedAt = await killing;
    let again: string | undefined;
    while (again !== whole && performance.now() - killedAt < patienceMs) {
      again = await offeredFor(completing, `after${round}`);
      if (again !== undefined && again !== whole) partial.push(again);
    }
    if (again === whole) {
      recoveries.push(performance.now() - killedAt);
      answers.push(killer.answeredAt - killedAt);
    } else lost++;
  }
  return { usual, answers, recoveries, lost, partial };
}

async function cutOnce({ completing, killer, whole }: Subject): Promise<boolean> {
  const killing = killer.arm(await killer.pid());
  const offered = await offeredFor(completing, "control");
  await killing;
  return offered !== undefined && offered !== whole;
}

function report(name: string, { usual, answers, recoveries, lost, partial }: Rounds): void {
  const inTime = recoveries.filter((ms) => ms <= mostRecoveryMs).length;
  console.log(
    `${name}: ${inTime} of ${kills} recoveries within ${mostRecoveryMs} ms, ${lost} lost; ` +
      `${new Spread(recoveries).milliseconds()}; ` +
      `${partial.length} partial texts offered${partial.length > 0 ? `, as ${JSON.stringify(partial[0])}` : ""}`,
  );
  console.log(`${name}: the first part of the answer after a kill: ${new Spread(answers).milliseconds()}`);
  console.log(`${name}: a whole completion with no kill: ${new Spread(usual).milliseconds()}`);
}

async function reportOrphans(name: string): Promise<void> {
  const left = marked();
  console.log(`${name}: ${left.length} processes left behind ${left.length > 0 ? left.join("; ") : ""}`);
  const planted: ChildProcess = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
  const seen = marked().length - left.length;
  planted.kill("SIGKILL");
  await gone(planted.pid ?? 0);
  console.log(`${name}: control, a process that nobody ends: ${seen === 1 ? "caught" : "MISSED"}`);
}

/** What runs with our mark in its environment, but for this process itself. */
function marked(): readonly string[] {
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter((pid) => kernelSays(`/proc/${pid}/environ`).includes(mark))
    .map((pid) => `${pid} ${kernelSays(`/proc/${pid}/cmdline`).replaceAll("\0", " ").slice(0, 100)}`);
}

/** Nothing when it has just ended. */
function kernelSays(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || !address) throw new Error("no address");
  return address.port;
}
