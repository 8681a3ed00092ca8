/**
 * The model bound to the role `complete`: opened when it is chosen, never closed by typing.
 *
 * Invariant: while a model loads, fails or is missing there is a state that says so; nothing throws.
 */

import { untilAborted } from "../../base/abort.ts";
import type { Disposable } from "../../base/disposable.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import type { ModelRuntime } from "../../model/model-runtime.ts";
import { RuntimeError, toRuntimeError } from "../../model/runtime-error.ts";

export interface BoundModel extends Disposable {
  readonly info: ModelInfo;
  readonly runtime: ModelRuntime;
}

export type ModelState =
  | { readonly kind: "off" }
  | { readonly kind: "none" }
  | { readonly kind: "loading"; readonly name: string }
  | { readonly kind: "ready"; readonly model: BoundModel }
  | { readonly kind: "failed"; readonly name: string; readonly error: RuntimeError };

export interface CompletionModelPorts {
  /** Opens a GGUF by path or by the name of one in the models folder. */
  open(nameOrPath: string, signal: AbortSignal): Promise<BoundModel>;
  /** The GGUF files that can fill in the middle, best first. */
  candidates(): Promise<readonly string[]>;
  changed(state: ModelState): void;
}

export class CompletionModel implements Disposable {
  readonly #ports: CompletionModelPorts;
  #state: ModelState = { kind: "none" };
  #role = "";
  #binding = new AbortController();
  #settled: Promise<void> = Promise.resolve();

  constructor(ports: CompletionModelPorts) {
    this.#ports = ports;
  }

  get state(): ModelState {
    return this.#state;
  }

  /** Binds the role as the setting `roles.complete` names it; the same name again retries a failed one. */
  bind(role: string): void {
    if (role === this.#role && this.#state.kind !== "failed") return;
    this.#release();
    this.#role = role;
    this.#settled = this.#resolve(role, this.#binding.signal);
  }

  /** The state once nothing is loading any more, or as it is when `signal` aborts. */
  async settled(signal: AbortSignal): Promise<ModelState> {
    await untilAborted(this.#settled, signal);
    return this.#state;
  }

  dispose(): void {
    this.#release();
  }

  #release(): void {
    this.#binding.abort();
    this.#binding = new AbortController();
    if (this.#state.kind === "ready") this.#state.model.dispose();
    this.#state = { kind: "none" };
  }

  async #resolve(role: string, signal: AbortSignal): Promise<void> {
    try {
      const name = await this.#nameOf(role);
      if (signal.aborted) return;
      if (name === undefined) return this.#set({ kind: role === "off" ? "off" : "none" });
      this.#set({ kind: "loading", name });
      const model = await this.#ports.open(name, signal);
      if (signal.aborted) return model.dispose();
      this.#set({ kind: "ready", model });
    } catch (thrown) {
      if (!signal.aborted) this.#set({ kind: "failed", name: role, error: toRuntimeError(thrown) });
    }
  }

  /** The model that `role` stands for; undefined where the built-in completer answers, or nobody. */
  async #nameOf(role: string): Promise<string | undefined> {
    if (role === "off" || role === "builtin/ngram") return undefined;
    if (role === "auto") return (await this.#ports.candidates())[0];
    if (role.startsWith("embedded/")) return role.slice("embedded/".length);
    throw new RuntimeError("model-not-found", `no runtime serves "${role}"`);
  }

  #set(state: ModelState): void {
    this.#state = state;
    this.#ports.changed(state);
  }
}
