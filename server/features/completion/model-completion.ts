/** A completion by the bound model: earlier answers first, then the request in flight, then a new one. */

import { onAbort } from "../../base/abort.ts";
import { type Clock, delay } from "../../base/clock.ts";
import type { Disposable } from "../../base/disposable.ts";
import type { Settings } from "../../config/schema.ts";
import { TokenCounter } from "../../context/token-counter.ts";
import { type FimFamily, fimFamilies, fimStops } from "../../model/fim.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { taskSampling } from "../../sampling/task-sampling.ts";
import type { Snapshot } from "../../text/snapshot.ts";
import { type CachePlace, CompletionCache } from "./completion-cache.ts";
import type { BoundModel } from "./completion-model.ts";
import type { CompletionReport, CompletionRequest, SkipReason, SourceOutcome } from "./completion-outcome.ts";
import { type JobResult, ModelJob } from "./model-job.ts";
import { postProcess } from "./post-process.ts";
import { type CompletionPrompt, completionPrompt } from "./prompt.ts";
import { shownPlace } from "./shown-place.ts";

export interface ModelCompletionPorts {
  readonly clock: Clock;
  readonly settings: () => Pick<Settings, "completion.maxTokens" | "sampling">;
  readonly displayPath: (uri: string) => string;
}

/** How long a request without a caller may run on before nothing has joined it: DESIGN, "Processes". */
const orphanMs = 150;
/** Within a burst of keys only the last is asked about; the editor itself has waited 50 ms by then. */
const debounceMs = 20;

interface Asked {
  readonly request: CompletionRequest;
  readonly offset: number;
  readonly model: BoundModel;
  readonly counter: TokenCounter;
  readonly family: FimFamily;
  /** When the request came, and when its debounce was over. */
  readonly arrived: number;
  readonly started: number;
}

type DoneResult = Extract<JobResult, { readonly kind: "done" }>;

/** A running job with what its report needs. */
interface Flight {
  readonly job: ModelJob;
  readonly offset: number;
  readonly prompt: CompletionPrompt;
  readonly contextMs: number;
  /** The job's result, once the answer is in the cache. */
  readonly landed: Promise<JobResult>;
  /** Requests that wait for it; when the last one has gone, its time begins to run. */
  callers: number;
  orphaned: Disposable | undefined;
}

export class ModelCompletion implements Disposable {
  readonly #ports: ModelCompletionPorts;
  readonly #cache = new CompletionCache();
  readonly #flights = new Map<string, Flight>();
  /** The version that each document has reached; what is asked about an older one is not worth asking. */
  readonly #newest = new Map<string, number>();
  #serving: { readonly model: BoundModel; readonly counter: TokenCounter } | undefined;

  constructor(ports: ModelCompletionPorts) {
    this.#ports = ports;
  }

  async complete(request: CompletionRequest, model: BoundModel, signal: AbortSignal): Promise<SourceOutcome> {
    const { fim } = model.info;
    if (fim === undefined) {
      const error = new RuntimeError("capability-missing", "{0} was not trained to fill in the middle.", {
        values: [model.info.name],
        mend: "Name a model in roles.complete that was trained to fill in the middle.",
      });
      return { kind: "failed", error };
    }
    const counter = this.#counterOf(model);
    const { clock } = this.#ports;
    const arrived = clock.now();
    const offset = request.snapshot.offsetAt(request.position);
    const family = fimFamilies[fim];
    const asked: Asked = { request, offset, model, counter, family, arrived, started: arrived };
    const reused = this.#reuse(asked);
    if (reused) return reused;
    if (!this.#fitting(asked) && request.trigger === "automatic") await delay(clock, debounceMs, signal);
    if (signal.aborted) return skipped("cancelled");
    return this.#fly({ ...asked, started: clock.now() }, signal);
  }

  documentChanged(snapshot: Snapshot): void {
    this.#newest.set(snapshot.uri, snapshot.version);
    const flight = this.#flights.get(snapshot.uri);
    if (flight && !flight.job.fits(snapshot)) this.#end(snapshot.uri, flight);
  }

  documentClosed(uri: string): void {
    this.#newest.delete(uri);
    const flight = this.#flights.get(uri);
    if (flight) this.#end(uri, flight);
  }

  dispose(): void {
    for (const [uri, flight] of this.#flights) this.#end(uri, flight);
  }

  /** Answers and counts of one model say nothing about another, even of the same name. */
  #counterOf(model: BoundModel): TokenCounter {
    if (this.#serving?.model === model) return this.#serving.counter;
    this.dispose();
    this.#cache.clear();
    const counter = new TokenCounter((text) => model.runtime.countTokens(text));
    this.#serving = { model, counter };
    return counter;
  }

  #end(uri: string, flight: Flight): void {
    flight.orphaned?.dispose();
    flight.job.abort();
    if (this.#flights.get(uri) === flight) this.#flights.delete(uri);
  }

  #reuse(asked: Asked): SourceOutcome | undefined {
    const text = this.#cache.find(placeOf(asked));
    if (text === undefined) return undefined;
    const totalMs = this.#ports.clock.now() - asked.arrived;
    const report: CompletionReport = {
      ...identityOf(asked),
      reused: true,
      timings: { queueMs: 0, contextMs: 0, overheadMs: totalMs, firstTokenMs: 0, totalMs },
      context: [],
    };
    return shownOutcome(asked, text, report);
  }

  #fitting(asked: Asked): Flight | undefined {
    const flight = this.#flights.get(asked.request.snapshot.uri);
    return flight?.job.fitsAt(asked.request.snapshot, asked.offset) ? flight : undefined;
  }

  /** The answer of the flight that fits so far, or else of a new one. */
  async #fly(asked: Asked, signal: AbortSignal): Promise<SourceOutcome> {
    const joined = this.#fitting(asked);
    const outcome = joined && (await this.#landing(asked, joined, signal));
    if (outcome) return outcome;
    if (signal.aborted || this.#isOutdated(asked)) return skipped(signal.aborted ? "cancelled" : "stale");
    const own = await this.#start(asked, signal);
    return (own && (await this.#landing(asked, own, signal))) ?? skipped("cancelled");
  }

  /** What the flight's answer comes to at the place asked about; undefined when it does not fit there after all. */
  async #landing(asked: Asked, flight: Flight, signal: AbortSignal): Promise<SourceOutcome | undefined> {
    const release = this.#board(asked.request.snapshot.uri, flight);
    const unlisten = onAbort(signal, release);
    const result = await flight.landed;
    unlisten();
    if (signal.aborted || result.kind === "aborted") return undefined;
    if (result.kind === "failed") return { kind: "failed", error: result.error };
    const answer = this.#cache.find(placeOf(asked));
    if (answer !== undefined) {
      return shownOutcome(asked, answer, reportOf(asked, flight, result, this.#ports.clock.now()));
    }
    return flight.offset === asked.offset && result.text.trim() === "" ? skipped("blank") : undefined;
  }

  #isOutdated({ request: { snapshot } }: Asked): boolean {
    return snapshot.version < (this.#newest.get(snapshot.uri) ?? snapshot.version);
  }

  /** Counts a caller in; the returned call counts it out, and the last one out gives the flight 150 ms. */
  #board(uri: string, flight: Flight): () => void {
    flight.callers++;
    flight.orphaned?.dispose();
    return () => {
      flight.callers--;
      if (flight.callers > 0) return;
      flight.orphaned = this.#ports.clock.after(orphanMs, () => this.#end(uri, flight));
    };
  }

  /** Ends what runs for the document and asks the model anew; undefined when `signal` aborted meanwhile. */
  async #start(asked: Asked, signal: AbortSignal): Promise<Flight | undefined> {
    const { clock, displayPath } = this.#ports;
    const { snapshot } = asked.request;
    const maxTokens = this.#ports.settings()["completion.maxTokens"];
    const contextStarted = clock.now();
    const prompt = await completionPrompt({
      snapshot,
      offset: asked.offset,
      family: asked.family,
      contextTokens: asked.model.info.contextTokens,
      maxTokens,
      count: (text) => asked.counter.count(text),
      path: displayPath(snapshot.uri),
    });
    if (signal.aborted) return undefined;
    const before = this.#flights.get(snapshot.uri);
    if (before) this.#end(snapshot.uri, before);
    const contextMs = clock.now() - contextStarted;
    const job = this.#job(asked, prompt, maxTokens);
    const landed = this.#land(asked, job);
    const flight: Flight = {
      job,
      offset: asked.offset,
      prompt,
      contextMs,
      landed,
      callers: 0,
      orphaned: undefined,
    };
    this.#flights.set(snapshot.uri, flight);
    void landed.then(() => this.#end(snapshot.uri, flight));
    return flight;
  }

  /** Keeps the answer for whoever asks next, also when the caller has gone. */
  async #land(asked: Asked, job: ModelJob): Promise<JobResult> {
    const result = await job.result;
    if (result.kind === "done" && asked.model === this.#serving?.model)
      this.#cache.add(placeOf(asked), result.text);
    return result;
  }

  #job(asked: Asked, prompt: CompletionPrompt, maxTokens: number): ModelJob {
    const { runtime, info } = asked.model;
    const stop = fimStops(asked.family);
    const setting = this.#ports.settings().sampling;
    const { sampling: card = {}, reasons } = info;
    const sampling = taskSampling("completion", { setting, card, reasons });
    return new ModelJob({
      runtime,
      request: { prompt: prompt.pieces, maxTokens, stop, sampling, priority: "completion" },
      snapshot: asked.request.snapshot,
      offset: asked.offset,
      place: shownPlace(asked.request.snapshot, asked.offset, stop),
      clock: this.#ports.clock,
    });
  }
}

function skipped(reason: SkipReason): SourceOutcome {
  return { kind: "skipped", reason };
}

function placeOf(asked: Asked): CachePlace {
  return { snapshot: asked.request.snapshot, offset: asked.offset };
}

function identityOf(asked: Asked): Pick<CompletionReport, "runtime" | "model" | "template"> {
  const { info } = asked.model;
  return { runtime: info.runtime, model: info.name, template: asked.family.id };
}

function shownOutcome(asked: Asked, text: string, report: CompletionReport): SourceOutcome {
  const place = shownPlace(asked.request.snapshot, asked.offset, fimStops(asked.family));
  const shown = postProcess(text, place);
  if (shown.kind === "refused") return { kind: "skipped", reason: shown.reason, report };
  return { kind: "text", text: shown.text, report };
}

function reportOf(asked: Asked, flight: Flight, result: DoneResult, ended: number): CompletionReport {
  const { timings, usage } = result;
  return {
    ...identityOf(asked),
    reused: false,
    timings: {
      queueMs: asked.started - asked.arrived,
      contextMs: flight.contextMs,
      overheadMs: Math.max(0, timings.sent - asked.started) + (ended - timings.lastToken),
      firstTokenMs: Math.max(0, timings.firstToken - timings.sent),
      totalMs: ended - asked.arrived,
    },
    ...(usage && { tokens: { prompt: usage.prompt, cached: usage.cached, generated: usage.generated } }),
    context: flight.prompt.context,
  };
}
