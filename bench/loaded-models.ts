/** Loads a model as the planner's bench wants it, fills its context, and tells what that took. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { silentLogger } from "../server/base/log.ts";
import { readGgufFile } from "../server/model/gguf.ts";
import { memoryNeeds } from "../server/runtime/embedded/memory-plan.ts";
import { startChild } from "../server/runtime/host/child-process.ts";
import { realLlamaServer } from "../test/support/real-runtimes.ts";
import type { PlanCase } from "./cases/plan-cases.ts";

export interface MeasuredCase {
  /** What the runtime says that it allocates for weights, keys and values, and computing. */
  readonly reported: number;
  /** What its process has in the main memory at most; not a number where the context is too long to be filled here. */
  readonly resident: number;
}

export const loadedBy = { embedded: loadedByChild, "llama-server": loadedByServer } as const;

/** Left for what the runtimes put around a prompt. */
const spareTokens = 24;
/** A longer prompt takes minutes on two cores. */
const longestPrompt = 2048;

async function loadedByServer(each: PlanCase): Promise<MeasuredCase> {
  const child = spawn(realLlamaServer.path, argumentsFor(each), { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const listening = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
      const url = /listening on (http:\/\/\S+)/.exec(said)?.[1];
      if (url !== undefined) listening.resolve(url);
    });
  }
  child.once("exit", () => listening.reject(new Error(`llama-server ended: ${said.slice(-500)}`)));
  try {
    const url = await listening.promise;
    const reported = buffers(said);
    if (each.contextTokens > longestPrompt) return { reported, resident: Number.NaN };
    for (let slot = 0; slot < each.slots; slot++) await fill(url, slot, each);
    return { reported, resident: peakBytes(child.pid ?? 0) };
  } finally {
    child.removeAllListeners("exit");
    child.kill("SIGKILL");
    await once(child, "exit");
  }
}

function argumentsFor({ path, contextTokens, kvType, slots, way }: PlanCase): readonly string[] {
  const size = ["--ctx-size", String(contextTokens * slots), "--parallel", String(slots), "--no-kv-unified"];
  const cache = ["--cache-type-k", kvType, "--cache-type-v", kvType, "--cache-ram", "0"];
  const open = [
    "--host",
    "127.0.0.1",
    "--port",
    "0",
    "--no-ui",
    "--offline",
    "--fit",
    "off",
    "--threads",
    "2",
  ];
  return ["--model", path, ...size, ...cache, "--flash-attn", way.flash, "--verbosity", "4", ...open];
}

async function fill(url: string, slot: number, { contextTokens }: PlanCase): Promise<void> {
  const prompt = Array.from({ length: contextTokens - spareTokens }, (_, at) => 300 + (at % 100));
  const body = JSON.stringify({ prompt, n_predict: 1, id_slot: slot, cache_prompt: true });
  const answer = await fetch(new URL("completion", url), { method: "POST", body });
  if (!answer.ok) throw new Error(await answer.text());
  await answer.text();
}

const mib = 1024 ** 2;

function buffers(said: string): number {
  const sizes = [...said.matchAll(/buffer size = +([\d.]+) MiB/g)].map(([, size]) => Number(size) * mib);
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

function peakBytes(pid: number): number {
  const kibibytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kibibytes) * 1024;
}

async function loadedByChild({ path, contextTokens }: PlanCase): Promise<MeasuredCase> {
  const header = await readGgufFile(path);
  const ended = new AbortController();
  const entry = new URL("../server/runtime/embedded/child.ts", import.meta.url).pathname;
  const needs = memoryNeeds(header);
  const report = Promise.withResolvers<number>();
  const ports = {
    entry,
    log: silentLogger,
    onProgress: () => {},
    onTried: () => {},
    onReported: report.resolve,
  };
  const child = await startChild(
    { path, architecture: header.architecture, needs, completes: true, contextTokens },
    { ...ports, signal: ended.signal },
  );
  try {
    const reported = header.weightBytes + (await report.promise);
    if (contextTokens > longestPrompt) return { reported, resident: Number.NaN };
    const text = "a = b;\n".repeat(contextTokens);
    const counted = await child.runtime.countTokens(text);
    const prompt = text.slice(0, Math.floor((text.length * (contextTokens - spareTokens)) / counted));
    const request = { prompt: [{ kind: "text", text: prompt }], priority: "completion" } as const;
    await child.runtime.warm(request, ended.signal);
    return { reported, resident: peakBytes(child.pid) };
  } finally {
    ended.abort();
    await child.ended;
  }
}
