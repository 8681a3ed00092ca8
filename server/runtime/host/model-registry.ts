/**
 * The models that the host has loaded. Two clients share one when they mean the same file: its real path,
 * size, time and header. Reading gigabytes to hash them would cost more than a load; a file that was
 * changed and still has all four was changed on purpose, by someone who owns the person's files.
 */

import { createHash } from "node:crypto";
import { realpath, stat } from "node:fs/promises";
import { basename } from "node:path";
import { onAbort } from "../../base/abort.ts";
import type { Clock } from "../../base/clock.ts";
import type { Disposable } from "../../base/disposable.ts";
import type { Logger } from "../../base/log.ts";
import { detectFim, detectReasoning } from "../../model/fim-detection.ts";
import { readGgufFile } from "../../model/gguf.ts";
import type { GgufHeader } from "../../model/gguf-header.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import type { ModelRuntime } from "../../model/model-runtime.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { memoryNeeds } from "../embedded/memory-plan.ts";
import type { ChildReading, LoadParams } from "../embedded/protocol.ts";
import { toWire } from "../wire/errors.ts";
import { ModelProcess } from "./model-process.ts";
import type { ModelEvent, ModelMetrics, ModelSpec } from "./protocol.ts";

export interface RegistryOptions {
  readonly childEntry: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long a model that nobody uses stays loaded. */
  readonly idleMs: number;
  readonly onEvent: (event: ModelEvent) => void;
}

export interface ModelLease extends Disposable {
  readonly model: string;
  readonly info: ModelInfo;
  readonly runtime: ModelRuntime;
}

interface Entry {
  readonly id: string;
  readonly path: string;
  readonly process: ModelProcess;
  leases: number;
  idle: Disposable | undefined;
}

interface Identity {
  readonly id: string;
  readonly path: string;
  readonly header: GgufHeader;
}

export class ModelRegistry implements Disposable {
  readonly #options: RegistryOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /**
   * Loads the model, or shares it. The lease ends when it is disposed or `signal` aborts, also while the model
   * loads; the load goes on as long as a model that nobody uses may stay.
   */
  async open(spec: ModelSpec, signal: AbortSignal): Promise<ModelLease> {
    const identity = await identify(spec.path);
    signal.throwIfAborted();
    const fim = detectFim(identity.header, identity.path);
    const entry = this.#entries.get(identity.id) ?? this.#create(identity, fim !== undefined);
    const end = this.#lease(entry, signal);
    try {
      const { result } = await entry.process.ready();
      return {
        model: entry.id,
        info: {
          runtime: "embedded",
          name: basename(spec.path, ".gguf"),
          contextTokens: result.contextTokens,
          reasons: detectReasoning(identity.header, identity.path),
          ...(fim === undefined ? {} : { fim }),
        },
        runtime: entry.process.runtime,
        dispose: end,
      };
    } catch (error) {
      end();
      // Its user may have gone before.
      this.#rest(entry);
      throw error;
    }
  }

  async metrics(): Promise<readonly ModelMetrics[]> {
    return Promise.all(Array.from(this.#entries.values(), metricsOf));
  }

  dispose(): void {
    for (const entry of this.#entries.values()) this.#unload(entry);
  }

  /** Returns how to end the lease. `signal` has not aborted yet. */
  #lease(entry: Entry, signal: AbortSignal): () => void {
    entry.leases++;
    entry.idle?.dispose();
    entry.idle = undefined;
    let open = true;
    const end = () => {
      if (!open) return;
      open = false;
      forget();
      entry.leases--;
      this.#rest(entry);
    };
    const forget = onAbort(signal, end);
    return end;
  }

  /** One that loads or runs stays for a while without a user, one that does not is let go. */
  #rest(entry: Entry): void {
    if (entry.leases > 0) return;
    const { state } = entry.process.state;
    if (state !== "loading" && state !== "ready") return this.#unload(entry);
    entry.idle?.dispose();
    entry.idle = this.#options.clock.after(this.#options.idleMs, () => this.#unload(entry));
  }

  #create({ id, path, header }: Identity, completes: boolean): Entry {
    const { childEntry, clock, log, onEvent } = this.#options;
    const { architecture } = header;
    const params: LoadParams = { path, architecture, needs: memoryNeeds(header), completes };
    const process = new ModelProcess({
      params,
      check: () => checkUnchanged(path, id),
      childEntry,
      clock,
      log,
      onState: ({ state, progress, error }) =>
        onEvent({
          path,
          state,
          ...(progress === undefined ? {} : { progress }),
          ...(error ? { error: toWire(error) } : {}),
        }),
    });
    const entry: Entry = { id, path, process, leases: 0, idle: undefined };
    this.#entries.set(id, entry);
    return entry;
  }

  #unload(entry: Entry): void {
    entry.idle?.dispose();
    entry.process.dispose();
    if (this.#entries.get(entry.id) === entry) this.#entries.delete(entry.id);
  }
}

async function identify(path: string): Promise<Identity> {
  const header = await readGgufFile(path);
  const real = await realpath(path);
  const { size, mtimeMs } = await stat(real);
  if (size !== header.fileBytes)
    throw new RuntimeError("model-invalid", "{0} is being written.", { values: [path] });
  const id = createHash("sha256")
    .update(JSON.stringify([real, size, mtimeMs, header.digest]))
    .digest("hex");
  return { id, path: real, header };
}

/** llama.cpp is given no file but the one whose header was checked. */
async function checkUnchanged(path: string, id: string): Promise<void> {
  if ((await identify(path)).id === id) return;
  throw new RuntimeError("model-invalid", "{0} has changed since it was opened.", { values: [path] });
}

const unread: ChildReading = {
  memoryBytes: 0,
  requests: 0,
  aborts: 0,
  promptTokens: 0,
  generatedTokens: 0,
  promptTokensPerSecond: 0,
  generatedTokensPerSecond: 0,
};

async function metricsOf({ process, path, leases }: Entry): Promise<ModelMetrics> {
  const { contextTokens, threads, gpu } = process.live?.result ?? {
    contextTokens: 0,
    threads: 0,
    gpu: "none",
  };
  return {
    path,
    state: process.state.state,
    ...(process.live ? { pid: process.live.pid } : {}),
    clients: leases,
    restarts: process.restarts,
    contextTokens,
    threads,
    gpu,
    ...((await process.reading()) ?? unread),
  };
}
