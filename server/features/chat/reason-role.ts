/**
 * What the role `reason` is bound to: found without loading it, and what its last question said of it.
 *
 * Invariant: there is always a state that says so; nothing throws.
 */

import type { Disposable } from "../../base/disposable.ts";
import { RuntimeError, toRuntimeError } from "../../model/runtime-error.ts";
import { parseRole } from "../../protocol/role.ts";
import type { WantedModel } from "../completion/completion-model.ts";

export type ReasonState =
  | { readonly kind: "off" | "untrusted" | "choosing" }
  /** `auto` has found none. */
  | { readonly kind: "none"; readonly error: RuntimeError }
  /** It loads with the next question. */
  | { readonly kind: "idle" | "loading" | "ready"; readonly model: NamedModel }
  | { readonly kind: "failed"; readonly name: string; readonly error: RuntimeError };

export interface NamedModel {
  readonly runtime: string;
  readonly name: string;
}

export interface ReasonRolePorts {
  /** The model that the setting stands for; nothing is loaded. Rejects with a RuntimeError where there is none. */
  find(setting: string, signal: AbortSignal): Promise<WantedModel>;
  /** Whoever completes goes first: resolves when that is settled. */
  quiet(signal: AbortSignal): Promise<void>;
  changed(): void;
}

export class ReasonRole implements Disposable {
  readonly #ports: ReasonRolePorts;
  #state: ReasonState = { kind: "choosing" };
  #setting = "";
  #bound = "";
  #binding = new AbortController();

  constructor(ports: ReasonRolePorts) {
    this.#ports = ports;
  }

  get state(): ReasonState {
    return this.#state;
  }

  /** The same again changes nothing, unless `place`, where runtimes are, is another. */
  bind(setting: string, { trusted, place }: { readonly trusted: boolean; readonly place: string }): void {
    const bound = JSON.stringify([setting, trusted, place]);
    if (bound === this.#bound) return;
    this.#bound = bound;
    this.#setting = setting;
    this.#binding.abort();
    this.#binding = new AbortController();
    if (parseRole(setting).kind === "off") return this.#set({ kind: "off" });
    if (!trusted) return this.#set({ kind: "untrusted" });
    this.#set({ kind: "choosing" });
    void this.#look(this.#binding.signal);
  }

  /** A model has come: what was missing may be there now. */
  modelsChanged(): void {
    if (this.#state.kind !== "off" && this.#state.kind !== "untrusted") void this.#look(this.#binding.signal);
  }

  /** Opens it for a question, and remembers what came of that. */
  async watch<M extends { readonly info: NamedModel }>(open: () => Promise<M>): Promise<M> {
    const { signal } = this.#binding;
    const before = this.#state;
    const set = (state: ReasonState) => {
      if (!signal.aborted) this.#set(state);
    };
    if (before.kind === "idle") set({ ...before, kind: "loading" });
    try {
      const opened = await open();
      const { runtime, name } = opened.info;
      set({ kind: "ready", model: { runtime, name } });
      return opened;
    } catch (thrown) {
      // A question that is cancelled says nothing of the model.
      if (thrown instanceof RuntimeError) set(this.#refused(thrown));
      else set(before);
      throw thrown;
    }
  }

  dispose(): void {
    this.#binding.abort();
  }

  async #look(signal: AbortSignal): Promise<void> {
    await this.#ports.quiet(signal);
    if (signal.aborted) return;
    try {
      const wanted = await this.#ports.find(this.#setting, signal);
      if (!signal.aborted) this.#set({ kind: "idle", model: namedModel(wanted) });
    } catch (thrown) {
      if (!signal.aborted) this.#set(this.#refused(toRuntimeError(thrown)));
    }
  }

  #refused(error: RuntimeError): ReasonState {
    const isAuto = parseRole(this.#setting).kind === "auto";
    if (isAuto && error.code === "model-not-found") return { kind: "none", error };
    const { state } = this;
    const name = "model" in state ? state.model.name : this.#setting;
    return { kind: "failed", name, error };
  }

  #set(state: ReasonState): void {
    this.#state = state;
    this.#ports.changed();
  }
}

function namedModel(wanted: WantedModel): NamedModel {
  if (wanted.kind === "remote") return { runtime: wanted.runtime, name: wanted.model };
  const file = wanted.model.split(/[\\/]/).at(-1) ?? wanted.model;
  return { runtime: "embedded", name: file.replace(/\.gguf$/i, "") };
}
