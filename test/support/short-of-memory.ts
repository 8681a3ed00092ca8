/**
 * A model's process that runs out of memory as a test says, in place of llama.cpp's: run by Node it reads what to do
 * from the folder of the model, and writes there how it was asked to load.
 */

import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from "vscode-jsonrpc/node";
import type { StreamPart } from "../../server/model/model-runtime.ts";
import { RuntimeError } from "../../server/model/runtime-error.ts";
import { loadParamsSchema, loadRequest, loadTried } from "../../server/runtime/embedded/protocol.ts";
import { exposeRuntime, handled } from "../../server/runtime/wire/expose-runtime.ts";
import { FakeRuntime } from "./fake-runtime.ts";

/** What one process does: dies with words while it loads, says no, or works until a request ends it. */
export type Life =
  | { readonly dies: string }
  | { readonly refuses: string }
  | { readonly works: true; readonly until?: { readonly dies: string } | { readonly refuses: string } };

export interface ShortOfMemory {
  /** One a process; it works after the last. */
  readonly lives: readonly Life[];
  /** 0 where there is no GPU. */
  readonly gpuLayers: number;
}

export const shortOfMemoryEntry = import.meta.filename;

/** `folder` holds the models. */
export function scriptLives(folder: string, script: ShortOfMemory): void {
  writeFileSync(join(folder, "lives.json"), JSON.stringify(script));
}

/** How each process was asked to load, in order. */
export function loadsOf(folder: string): readonly string[] {
  const path = join(folder, "loads");
  return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : [];
}

function live(): void {
  process.once("disconnect", () => process.exit());
  const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
  const runtime = new FakeRuntime();
  runtime.infill = () => answering();
  connection.onRequest(loadRequest, (raw) =>
    handled(loadParamsSchema, raw, async ({ path, contextTokens, gpuLayers: most }) => {
      const folder = dirname(path);
      const { lives, gpuLayers } = JSON.parse(
        readFileSync(join(folder, "lives.json"), "utf8"),
      ) as ShortOfMemory;
      const asked = [basename(path, ".gguf"), contextTokens ?? "usual", most ?? "fitting"].join(" ");
      appendFileSync(join(folder, "loads"), `${asked}\n`);
      const life = lives[loadsOf(folder).length - 1] ?? { works: true };
      const tokens = Math.min(8192, contextTokens ?? 8192);
      const layers = Math.min(gpuLayers, most ?? gpuLayers);
      await connection.sendNotification(loadTried, { contextTokens: tokens, gpuLayers: layers });
      if (!("works" in life)) return fail(life);
      const { until } = life;
      if (until) runtime.infill = () => failing(until);
      return { contextTokens: tokens, threads: 1, gpu: layers > 0 ? "cuda" : "none", gpuLayers: layers };
    }),
  );
  exposeRuntime(connection, () => runtime);
  connection.listen();
}

type Failure = { readonly dies: string } | { readonly refuses: string };

function fail(failure: Failure): Promise<never> {
  if ("refuses" in failure)
    return Promise.reject(new RuntimeError("out-of-memory", "{0}", { values: [failure.refuses] }));
  // As ggml does: its last words, and SIGABRT.
  return new Promise(() => process.stderr.write(`${failure.dies}\n`, () => process.abort()));
}

async function* failing(failure: Failure): AsyncGenerator<StreamPart> {
  yield { kind: "text-delta", text: "half" };
  await fail(failure);
}

async function* answering(): AsyncGenerator<StreamPart> {
  yield { kind: "text-delta", text: "whole" };
  yield { kind: "stream-end", reason: "stop", usage: { prompt: 1, cached: 0, reasoning: 0, generated: 1 } };
}

if (process.argv[1] === import.meta.filename) live();
