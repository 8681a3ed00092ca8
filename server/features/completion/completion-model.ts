/**
 * The model bound to the role `complete`: opened when it is chosen, never closed by typing.
 *
 * Invariant: while a model is looked for, loads, fails or is missing there is a state that says so;
 * nothing throws.
 */

import { isDeepStrictEqual } from "node:util";
import { untilAborted } from "../../base/abort.ts";
import type { Clock } from "../../base/clock.ts";
import type { Disposable } from "../../base/disposable.ts";
import type { StepDown } from "../../model/describe-step.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import type { ModelRuntime } from "../../model/model-runtime.ts";
import { RuntimeError, toRuntimeError } from "../../model/runtime-error.ts";
import { parseRole, type Role } from "../../protocol/role.ts";

export interface BoundModel extends Disposable {
  readonly info: ModelInfo;
  readonly runtime: ModelRuntime;
}

export type ModelState =
  | { readonly kind: "off" }
  | { readonly kind: "none" }
  /** `auto` is looking which models there are. */
  | { readonly kind: "choosing" }
  | { readonly kind: "loading"; readonly name: string; readonly step?: StepDown }
  | { readonly kind: "ready"; readonly model: BoundModel }
  | { readonly kind: "failed"; readonly name: string; readonly error: RuntimeError };

/** What the runtime says of a model that is opened. */
export type RuntimeEvent =
  | { readonly kind: "restarting"; readonly step?: StepDown }
  /** `info`: what it is now, where that may be something else. */
  | { readonly kind: "ready"; readonly info?: ModelInfo }
  | { readonly kind: "failed"; readonly error: RuntimeError };

/** An embedded one by path, or by the name of one in the models folder. */
export type WantedModel = Extract<Role, { readonly kind: "embedded" | "remote" }> & {
  /** `auto` has found it where it is served: nothing is started for it. */
  readonly found?: true;
};

export interface CompletionModelPorts {
  readonly clock: Clock;
  open(model: WantedModel, signal: AbortSignal): Promise<BoundModel>;
  /** What `auto` may mean, the best first. */
  candidates(signal: AbortSignal): Promise<readonly WantedModel[]>;
  changed(state: ModelState): void;
}

/** How often, at most, a role that has no model is looked at again when a completion is asked for. */
const renewMs = 10_000;

export class CompletionModel implements Disposable {
  readonly #ports: CompletionModelPorts;
  #state: ModelState = { kind: "none" };
  #role = "";
  #place = "";
  #binding = new AbortController();
  #opened: BoundModel | undefined;
  /** The model that the role stands for, as `open` takes it. */
  #wanted: WantedModel | undefined;
  #settled = Promise.withResolvers<void>();
  #isSettled = false;
  #settledAt = 0;

  constructor(ports: CompletionModelPorts) {
    this.#ports = ports;
    this.#settle();
  }

  get state(): ModelState {
    return this.#state;
  }

  /**
   * Binds the role as the setting `roles.complete` names it. The same name again changes nothing, unless `place`,
   * where runtimes are, is another.
   */
  bind(role: string, place = ""): void {
    if (role === this.#role && place === this.#place) return;
    this.#role = role;
    this.#place = place;
    this.#rebind();
  }

  /** Called before a request: what has failed, or was not there for `auto`, may be there now. */
  renew(): void {
    const lost = this.#state.kind === "failed" || (this.#state.kind === "none" && this.#role === "auto");
    if (lost && this.#ports.clock.now() - this.#settledAt >= renewMs) this.#rebind();
  }

  /** A model has come: a role that lacks one, or that takes the best there is, looks again. */
  async modelsChanged(): Promise<void> {
    if (this.#state.kind === "failed") return this.#rebind();
    if (this.#role !== "auto") return;
    const { signal } = this.#binding;
    const [best] = await this.#ports.candidates(signal);
    if (!signal.aborted && !isDeepStrictEqual(best, this.#wanted)) this.#rebind();
  }

  /** Resolves when nothing is looked for or loading any more, or when `signal` aborts. */
  async settled(signal: AbortSignal): Promise<void> {
    await untilAborted(this.#settled.promise, signal);
  }

  runtimeChanged(event: RuntimeEvent): void {
    const model = this.#opened;
    if (!model) return this.#stepped(event);
    switch (event.kind) {
      case "restarting":
        return this.#set({ kind: "loading", name: model.info.name, ...stepOf(event) });
      case "ready":
        this.#opened = event.info ? { ...model, info: event.info } : model;
        return this.#set({ kind: "ready", model: this.#opened });
      case "failed":
        return this.#set({ kind: "failed", name: model.info.name, error: event.error });
    }
  }

  dispose(): void {
    this.#release();
    this.#settle();
  }

  /** The first load takes its steps before there is a model. */
  #stepped(event: RuntimeEvent): void {
    if (event.kind !== "restarting" || !event.step || this.#state.kind !== "loading") return;
    this.#set({ ...this.#state, step: event.step });
  }

  #rebind(): void {
    this.#release();
    // Whoever waits from now on waits for what is bound now.
    this.#unsettle();
    void this.#resolve(this.#role, this.#binding.signal);
  }

  #release(): void {
    this.#binding.abort();
    this.#binding = new AbortController();
    this.#opened?.dispose();
    this.#opened = undefined;
  }

  async #resolve(role: string, signal: AbortSignal): Promise<void> {
    let name = role;
    const set = (state: ModelState) => {
      if (!signal.aborted) this.#set(state);
    };
    try {
      if (role === "auto") set({ kind: "choosing" });
      const wanted = await this.#modelOf(role, signal);
      if (!signal.aborted) this.#wanted = wanted;
      if (wanted === undefined) return set({ kind: role === "off" ? "off" : "none" });
      name = wanted.model;
      set({ kind: "loading", name });
      const model = await this.#ports.open(wanted, signal);
      if (signal.aborted) return model.dispose();
      this.#opened = model;
      set({ kind: "ready", model });
    } catch (thrown) {
      set({ kind: "failed", name, error: toRuntimeError(thrown) });
    }
  }

  /** The model that `role` stands for; undefined where the built-in completer answers, or nobody. */
  async #modelOf(setting: string, signal: AbortSignal): Promise<WantedModel | undefined> {
    const role = parseRole(setting);
    switch (role.kind) {
      case "off":
      case "builtin":
        return undefined;
      case "auto": {
        const [best] = await this.#ports.candidates(signal);
        return best;
      }
      case "embedded":
      case "remote":
        return role;
      case "other":
        throw new RuntimeError("model-not-found", 'No runtime serves "{0}".', { values: [setting] });
    }
  }

  #unsettle(): void {
    if (this.#isSettled) this.#settled = Promise.withResolvers<void>();
    this.#isSettled = false;
  }

  #settle(): void {
    this.#isSettled = true;
    this.#settled.resolve();
  }

  #set(state: ModelState): void {
    this.#state = state;
    if (isUnsettled(state)) this.#unsettle();
    else {
      this.#settledAt = this.#ports.clock.now();
      this.#settle();
    }
    this.#ports.changed(state);
  }
}

function stepOf({ step }: { readonly step?: StepDown }): { readonly step?: StepDown } {
  return step ? { step } : {};
}

function isUnsettled(state: ModelState): boolean {
  return state.kind === "choosing" || state.kind === "loading";
}
