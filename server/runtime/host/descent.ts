/**
 * Loads a model in the first way that its memory holds, from the top of the ladder or from where the last start
 * ended. Each step is said once, with the reason.
 */

import { type Clock, delay } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { type LadderModel, type Position, stepDown, top } from "../ladder/ladder.ts";
import { type Circumstances, isPaused, type Remembered, startAt } from "../ladder/remembered.ts";
import { sayPaused, sayStep, sayStillPaused } from "../ladder/say-step.ts";
import { memoryOf } from "../supervisor/output-causes.ts";
import type { LadderMemory } from "./ladder-memory.ts";

export interface DescentModel extends LadderModel {
  readonly name: string;
}

/** What was really tried, as far as somebody knows. */
export interface Tried {
  readonly contextTokens?: number;
  /** 0 where there is no GPU. */
  readonly gpuLayers?: number;
}

/** How to load it now. What is left out is as much as is usual, or as fits. */
export interface Load<M extends DescentModel> {
  readonly model: M;
  readonly contextTokens?: number;
  readonly gpuLayers?: number;
  /** Another one after each step. */
  readonly number: number;
  tried(what: Tried): void;
}

/** A step down, as a sentence of its own, and the failure that made it necessary. */
export interface MemoryStep {
  readonly said: RuntimeError;
  readonly reason: RuntimeError;
}

export interface DescentPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly memory: LadderMemory;
  /** What there is of memory now. */
  readonly circumstances: (signal: AbortSignal) => Promise<Circumstances>;
}

export interface DescentOptions<M extends DescentModel> extends DescentPorts {
  /** Under which it is remembered. */
  readonly id: string;
  /** The one that was asked for. */
  readonly model: M;
  /** It, then those that are here and do the same, the largest first; asked when another is wanted. */
  models(): Promise<readonly M[]>;
  readonly onStep: (step: MemoryStep) => void;
}

/** What a process that has just ended held is free again, and another program may be done. */
const againAfterMs = 1000;

export class Descent<M extends DescentModel> {
  readonly #options: DescentOptions<M>;
  #at: Position | undefined;
  #number = 0;
  #models: Promise<readonly M[]> | undefined;
  #circumstances: Circumstances | undefined;
  #tried: Tried = {};
  #failure: RuntimeError | undefined;
  #memory: Remembered["memory"];
  #reduced: RuntimeError | undefined;

  constructor(options: DescentOptions<M>) {
    this.#options = options;
  }

  /** How it is loaded instead of as it was asked for. */
  get reduced(): RuntimeError | undefined {
    return this.#reduced;
  }

  /** What was loaded has run out of memory since: the next run begins a step further down. */
  ranOut(failure: RuntimeError): void {
    this.#failure = failure;
  }

  /** Rejects with what `attempt` rejects with, where that is no lack of memory or there is no way left. */
  async run<T>(attempt: (load: Load<M>) => Promise<T>, signal: AbortSignal): Promise<T> {
    const at = (this.#at ??= await this.#start(signal));
    if (this.#failure) await this.#down(at, this.#failure, signal);
    for (;;) {
      const tried = this.#at;
      this.#tried = {};
      try {
        const value = await attempt(await this.#load(tried));
        await this.#worked(tried);
        return value;
      } catch (thrown) {
        if (!isOutOfMemory(thrown) || signal.aborted) throw thrown;
        await this.#down(tried, thrown, signal);
      }
    }
  }

  async #start(signal: AbortSignal): Promise<Position> {
    const { id, memory, log, circumstances } = this.#options;
    const remembered = await memory.read(id);
    if (!remembered) return top;
    const now = await circumstances(signal);
    this.#circumstances = now;
    const models = await this.#all();
    const at = startAt(
      remembered,
      now,
      models.map(({ name }) => name),
    );
    this.#memory = remembered.memory;
    if (isPaused(remembered, now, Date.now())) throw sayStillPaused(this.#options.model.name);
    if (at === top) {
      log.log(
        "info",
        `${this.#options.model.name} is tried in full again: something has changed since memory ran out.`,
      );
      return top;
    }
    this.#reduced = said(at, models);
    return at;
  }

  async #down(at: Position, failure: RuntimeError, signal: AbortSignal): Promise<void> {
    const { clock, log, onStep, circumstances } = this.#options;
    this.#failure = undefined;
    this.#circumstances ??= await circumstances(signal);
    const memory = memoryOf(failure);
    this.#memory = memory;
    const models = await this.#all();
    const next = stepDown(at, { ...this.#tried, memory }, { models });
    if (!next) {
      await this.#remember(at, { paused: true });
      this.#at = undefined;
      throw sayPaused(failure);
    }
    this.#at = next;
    this.#number++;
    const step = said(next, models);
    if (next.step !== "again") this.#reduced = step;
    log.log("warn", `${step.message} ${failure.message}`);
    onStep({ said: step, reason: failure });
    if (next.step === "again") await delay(clock, againAfterMs, signal);
  }

  async #load({ rung }: Position): Promise<Load<M>> {
    const { contextTokens, gpuLayers } = rung;
    const smaller = rung.model === 0 ? undefined : (await this.#all())[rung.model];
    return {
      model: smaller ?? this.#options.model,
      number: this.#number,
      ...(contextTokens === undefined ? {} : { contextTokens }),
      ...(gpuLayers === undefined ? {} : { gpuLayers }),
      tried: (what) => {
        this.#tried = { ...this.#tried, ...what };
      },
    };
  }

  async #worked(at: Position): Promise<void> {
    if (at.step !== undefined && at.step !== "again") return this.#remember(at);
    const { id, memory } = this.#options;
    if (await memory.read(id)) await memory.forget(id);
  }

  async #remember({ rung, step }: Position, more: Pick<Remembered, "paused"> = {}): Promise<void> {
    const { id, memory, model } = this.#options;
    if (!this.#circumstances) return;
    const { contextTokens, gpuLayers } = rung;
    await memory.write(id, {
      ...more,
      model: (await this.#all())[rung.model]?.name ?? model.name,
      step: step ?? "again",
      ...(contextTokens === undefined ? {} : { contextTokens }),
      ...(gpuLayers === undefined ? {} : { gpuLayers }),
      ...(this.#memory === undefined ? {} : { memory: this.#memory }),
      circumstances: this.#circumstances,
      at: Date.now(),
    });
  }

  #all(): Promise<readonly M[]> {
    this.#models ??= this.#options.models();
    return this.#models;
  }
}

export function isOutOfMemory(thrown: unknown): thrown is RuntimeError {
  return thrown instanceof RuntimeError && thrown.code === "out-of-memory";
}

function said({ rung, step = "again" }: Position, models: readonly DescentModel[]): RuntimeError {
  const [asked, model] = [models[0], models[rung.model]];
  return sayStep({ step, rung, model: model ?? { name: "", layers: 0 }, asked: asked?.name ?? "" });
}
