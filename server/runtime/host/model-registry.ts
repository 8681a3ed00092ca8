/** The models that the host serves: opened once for all clients that mean the same one, let go after the last. */

import { createHash } from "node:crypto";
import { onAbort } from "../../base/abort.ts";
import type { Clock } from "../../base/clock.ts";
import type { Disposable } from "../../base/disposable.ts";
import type { Logger } from "../../base/log.ts";
import { isLoopback } from "../../base/loopback.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import type { ModelRuntime } from "../../model/model-runtime.ts";
import { toRuntimeError } from "../../model/runtime-error.ts";
import { Foreground } from "../scheduler/foreground.ts";
import { withForeground } from "../scheduler/with-foreground.ts";
import type { Programs } from "../supervisor/program.ts";
import { toWire } from "../wire/errors.ts";
import { findModel } from "./find-model.ts";
import type { LoadMeasurements } from "./load-measurements.ts";
import type { FoundModel, LadderPorts, LlamaBuilds, ModelSource } from "./model-source.ts";
import type { ModelEvent, ModelFailure, ModelMetrics, ModelSpec } from "./protocol.ts";

export interface RegistryOptions {
  readonly childEntry: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly programs: Programs;
  readonly builds: LlamaBuilds;
  readonly ladder: LadderPorts;
  readonly loads?: LoadMeasurements | undefined;
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
  readonly model: string;
  readonly source: ModelSource;
  leases: number;
  idle: Disposable | undefined;
}

/** More models than a person tries in a row. */
const mostFailures = 16;

export class ModelRegistry implements Disposable {
  readonly #options: RegistryOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #failures = new Map<string, ModelFailure>();
  readonly #foreground: Foreground;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#foreground = new Foreground(options.clock);
  }

  /**
   * Loads the model, or shares it. The lease ends when it is disposed or `signal` aborts, also while the model
   * loads; the load goes on as long as a model that nobody uses may stay.
   */
  async open(spec: ModelSpec, signal: AbortSignal): Promise<ModelLease> {
    const found = await findModel(spec);
    signal.throwIfAborted();
    const id = idOf(found);
    const entry = this.#entries.get(id) ?? this.#create(id, found);
    const end = this.#lease(entry, signal);
    try {
      const info = await entry.source.ready();
      this.#failures.delete(found.model);
      return { model: entry.id, info, runtime: this.#runtimeOf(entry, spec), dispose: end };
    } catch (error) {
      this.#noteFailure(found.model, error);
      end();
      // Its user may have gone before.
      this.#rest(entry);
      throw error;
    }
  }

  async metrics(): Promise<readonly ModelMetrics[]> {
    return Promise.all(
      Array.from(this.#entries.values(), async ({ model, source, leases }) => ({
        ...(await source.metrics()),
        model,
        state: source.state.state,
        ...(source.state.error ? { error: toWire(source.state.error) } : {}),
        clients: leases,
      })),
    );
  }

  get failures(): readonly ModelFailure[] {
    return [...this.#failures.values()];
  }

  /** What memory did not hold is tried in full again; what nobody uses is loaded anew for that. */
  async forgive(): Promise<void> {
    await this.#options.ladder.memory.forgetAll();
    for (const entry of this.#entries.values()) {
      if (entry.leases === 0) this.#unload(entry);
    }
  }

  dispose(): void {
    for (const entry of this.#entries.values()) this.#unload(entry);
  }

  /** What computes elsewhere is in nobody's way here. */
  #runtimeOf({ source: { runtime } }: Entry, spec: ModelSpec): ModelRuntime {
    const here = !("url" in spec) || isLoopback(new URL(spec.url));
    return here ? withForeground(runtime, this.#foreground) : runtime;
  }

  /** Who asks later why a model does not run finds no entry of it any more. */
  #noteFailure(model: string, error: unknown): void {
    this.#failures.delete(model);
    this.#failures.set(model, { model, error: toWire(toRuntimeError(error)) });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > mostFailures && oldest !== undefined) this.#failures.delete(oldest);
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
    const { state } = entry.source.state;
    if (state !== "loading" && state !== "ready") return this.#unload(entry);
    entry.idle?.dispose();
    entry.idle = this.#options.clock.after(this.#options.idleMs, () => this.#unload(entry));
  }

  #create(id: string, found: FoundModel): Entry {
    const { model } = found;
    const { childEntry, clock, log, programs, builds, ladder, loads, onEvent } = this.#options;
    const source = found.create({
      childEntry,
      clock,
      log,
      programs,
      builds,
      ladder,
      loads,
      onState: ({ state, progress, error, step, info }) =>
        onEvent({
          model,
          state,
          ...(progress === undefined ? {} : { progress }),
          ...(error ? { error: toWire(error) } : {}),
          ...(step ? { step: toWire(step) } : {}),
          ...(info ? { info } : {}),
        }),
    });
    const entry: Entry = { id, model, source, leases: 0, idle: undefined };
    this.#entries.set(id, entry);
    return entry;
  }

  #unload(entry: Entry): void {
    entry.idle?.dispose();
    entry.source.dispose();
    if (this.#entries.get(entry.id) === entry) this.#entries.delete(entry.id);
  }
}

/** Messages name a model by it: of one length, however long a path or an address is. */
function idOf({ id }: FoundModel): string {
  return createHash("sha256").update(id).digest("hex");
}
