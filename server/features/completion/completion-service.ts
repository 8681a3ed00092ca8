/**
 * Ghost text: decides who answers a request, asks, and returns what may be shown.
 *
 * Invariants: at most one model request runs per document; a cancelled caller is answered at once while
 * the request itself lives on as long as its answer fits; what is returned fits the snapshot asked about.
 */

import { LRUCache } from "lru-cache";
import { untilAborted } from "../../base/abort.ts";
import type { Clock } from "../../base/clock.ts";
import type { Disposable } from "../../base/disposable.ts";
import type { Settings } from "../../config/schema.ts";
import { toRuntimeError } from "../../model/runtime-error.ts";
import type { Snapshot } from "../../text/snapshot.ts";
import { BuiltinCompletion, type BuiltinSource } from "./builtin-completion.ts";
import type { BoundModel, CompletionModel } from "./completion-model.ts";
import type {
  CompletionItem,
  CompletionOutcome,
  CompletionReport,
  CompletionRequest,
  SourceOutcome,
} from "./completion-outcome.ts";
import { ModelCompletion } from "./model-completion.ts";
import { refuseRequest } from "./request-gate.ts";
import { chooseSource } from "./source-policy.ts";

export interface CompletionPorts {
  readonly clock: Clock;
  readonly builtin: BuiltinSource;
  readonly model: CompletionModel;
  readonly settings: () => Pick<
    Settings,
    "completion.enabled" | "completion.languages" | "completion.maxTokens" | "sampling"
  >;
  /** The path of a document as reports and prompts name it. */
  readonly displayPath: (uri: string) => string;
}

const maxOpenItems = 1000;
/** A person who has paused this long has seen nothing; a hung model is not waited for. */
const lateMs = 1500;

export class CompletionService implements Disposable {
  readonly #ports: CompletionPorts;
  readonly #builtin: BuiltinCompletion;
  readonly #model: ModelCompletion;
  readonly #offered = new LRUCache<string, CompletionItem>({ max: maxOpenItems });
  #offeredCount = 0;

  constructor(ports: CompletionPorts) {
    this.#ports = ports;
    this.#builtin = new BuiltinCompletion(ports);
    this.#model = new ModelCompletion(ports);
  }

  async complete(request: CompletionRequest, signal: AbortSignal): Promise<CompletionOutcome> {
    const refused = refuseRequest(request, this.#ports.settings());
    if (refused) return { kind: "skipped", reason: refused };
    const outcome = await untilAborted(this.#ask(request, signal), signal);
    if (outcome === undefined) return { kind: "skipped", reason: "cancelled" };
    return outcome.kind === "text" ? this.#suggest(request, outcome.text, outcome.report) : outcome;
  }

  /** Ends the model request of the document when its answer can no longer be of use. */
  documentChanged(snapshot: Snapshot): void {
    this.#model.documentChanged(snapshot);
  }

  documentClosed(uri: string): void {
    this.#model.documentClosed(uri);
  }

  /** The item that a person accepted, or undefined when it is not one of the last offered. */
  accepted(id: string): CompletionItem | undefined {
    const item = this.#offered.get(id);
    this.#offered.delete(id);
    return item;
  }

  dispose(): void {
    this.#model.dispose();
  }

  async #ask(request: CompletionRequest, signal: AbortSignal): Promise<SourceOutcome> {
    this.#ports.model.renew();
    try {
      return await this.#askSource(request, signal);
    } catch (thrown) {
      return { kind: "failed", error: toRuntimeError(thrown) };
    }
  }

  async #askSource(request: CompletionRequest, signal: AbortSignal): Promise<SourceOutcome> {
    const { model } = this.#ports;
    const source = chooseSource(model.state, request.trigger);
    switch (source.kind) {
      case "nobody":
        return { kind: "skipped", reason: "no-source" };
      case "builtin":
        return this.#builtin.complete(request, signal);
      case "builtin-or-wait":
        return this.#builtinOr(request, signal, () => this.#waitForModel(request, signal));
      case "wait-for-model":
        return this.#waitForModel(request, signal);
      case "failure":
        return { kind: "failed", error: source.error };
      case "model":
        return this.#askModel(request, source.model, signal);
    }
  }

  async #waitForModel(request: CompletionRequest, signal: AbortSignal): Promise<SourceOutcome> {
    await this.#ports.model.settled(signal);
    return signal.aborted ? { kind: "skipped", reason: "cancelled" } : this.#askSource(request, signal);
  }

  /** Whoever types gets the built-in answer for a model that is late; the model's goes to the next key. */
  async #askModel(
    request: CompletionRequest,
    model: BoundModel,
    signal: AbortSignal,
  ): Promise<SourceOutcome> {
    const asked = this.#model.complete(request, model, signal);
    if (request.trigger === "manual") return asked;
    const late = Promise.withResolvers<undefined>();
    const timer = this.#ports.clock.after(lateMs, () => late.resolve(undefined));
    const answer = await Promise.race([asked, late.promise]);
    timer.dispose();
    if (answer) return answer;
    asked.catch(() => undefined); // The status says what is wrong with the model.
    return this.#builtinOr(request, signal, () => asked);
  }

  /** An editor does not ask again by itself: where nothing can stand in, the late answer is the only one. */
  async #builtinOr(
    request: CompletionRequest,
    signal: AbortSignal,
    otherwise: () => Promise<SourceOutcome>,
  ): Promise<SourceOutcome> {
    const instead = await this.#builtin.complete(request, signal);
    return instead.kind === "text" ? instead : otherwise();
  }

  #suggest(request: CompletionRequest, text: string, report: CompletionReport): CompletionOutcome {
    const id = `c${++this.#offeredCount}`;
    const item: CompletionItem = { id, text, range: { start: request.position, end: request.position } };
    this.#offered.set(id, item);
    return { kind: "suggested", items: [item], report };
  }
}
