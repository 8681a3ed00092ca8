/** A real llama-server on a port of its own, with its own account of its work; it is gone after `stop`. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Computed, ModelFile } from "../runtime/contract/runtime.ts";
import { realLlamaServer } from "./real-runtimes.ts";

export interface LlamaServerProcess {
  readonly url: string;
  readonly pid: number;
  computed(): Promise<Computed>;
  idle(): Promise<void>;
  /** As `kill -9` does; `stop` does the same, for nothing of it is to be kept. */
  stop(): Promise<void>;
}

/** Resolves when the model is loaded. */
export async function startLlamaServer(
  file: ModelFile,
  more: readonly string[] = [],
): Promise<LlamaServerProcess> {
  const child = spawn(realLlamaServer.path, [...flagsFor(file), ...more], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = () => ended(child);
  process.once("exit", () => child.kill("SIGKILL"));
  try {
    const url = await listening(child);
    return {
      url,
      pid: child.pid ?? 0,
      computed: () => computed(url),
      idle: () => idle(url),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function flagsFor({ path, contextTokens, task }: ModelFile): readonly string[] {
  const slots = 2;
  const size = ["--ctx-size", String(contextTokens * slots), "--parallel", String(slots), "--threads", "2"];
  const open = ["--host", "127.0.0.1", "--port", "0", "--no-ui", "--offline", "--metrics", "--slots"];
  const embeds = task === "embed" ? ["--embeddings", "--pooling", "mean"] : [];
  return ["--model", path, ...size, ...open, ...embeds, "--no-kv-unified", "--fit", "off"];
}

/** It says where it listens once its model is loaded. */
async function listening(child: ChildProcess): Promise<string> {
  assert.ok(child.stdout && child.stderr, "it has pipes");
  const said: string[] = [];
  const ready = Promise.withResolvers<string>();
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on("line", (line) => {
      said.push(line);
      if (said.length > 200) said.shift();
      const url = /listening on (http:\/\/\S+)/.exec(line)?.[1];
      if (url) ready.resolve(url);
    });
  }
  child.once("error", ready.reject);
  child.once("exit", () => ready.reject(new Error(`llama-server ended: ${said.slice(-20).join("\n")}`)));
  return await ready.promise;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

async function computed(url: string): Promise<Computed> {
  const text = await (await fetch(new URL("metrics", url))).text();
  const total = (name: string) => {
    const value = new RegExp(`^llamacpp:${name} (\\S+)$`, "m").exec(text)?.[1];
    assert.ok(value !== undefined, `its metrics have ${name}`);
    return Number(value);
  };
  return { prompt: total("prompt_tokens_total"), generated: total("tokens_predicted_total") };
}

async function idle(url: string): Promise<void> {
  for (;;) {
    const slots = (await (await fetch(new URL("slots", url))).json()) as { is_processing: boolean }[];
    if (slots.every((slot) => !slot.is_processing)) return;
  }
}
