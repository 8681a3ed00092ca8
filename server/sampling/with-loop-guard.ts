/**
 * A runtime whose answers do not go round in circles: one that does is cut, and tried once again at another
 * temperature. What was streamed of the first try is taken back with `answer-restart`.
 *
 * Completions pass as they are. They are drawn at the likeliest token or close to it and end early at a loop of
 * their own (`features/completion/early-stop.ts`), which keeps what was written before: a second try would be
 * as long as the first and come when the person has typed on.
 */

import {
  type ChatRequest,
  type ModelRuntime,
  noUsage,
  type Sampling,
  type StreamPart,
  type Usage,
} from "../model/model-runtime.ts";
import { LoopDetector } from "./loop-detector.ts";

export interface LoopGuardOptions {
  /** Whether the model answers with reasoning first. */
  readonly reasons: boolean;
  /** Called for each try that is cut. */
  readonly onLoop: () => void;
}

export function withLoopGuard(runtime: ModelRuntime, options: LoopGuardOptions): ModelRuntime {
  /** Answers in a row that were cut. */
  let seen = 0;
  async function* chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<StreamPart, void> {
    const first = yield* tryOnce(runtime.chat.bind(runtime, request), signal);
    if (!first) {
      seen = 0;
      return;
    }
    seen++;
    options.onLoop();
    yield { kind: "answer-restart" };
    const sampling = otherSampling(request.sampling, { seen, reasons: options.reasons });
    const again = runtime.chat.bind(runtime, { ...request, sampling });
    const second = yield* tryOnce(again, signal, first);
    if (!second) return;
    seen++;
    options.onLoop();
    // As an answer that was too long: it has not come to its end.
    yield { kind: "stream-end", reason: "length", usage: second };
  }
  return {
    infill: (request, signal) => runtime.infill(request, signal),
    chat,
    embed: (request, signal) => runtime.embed(request, signal),
    countTokens: (text) => runtime.countTokens(text),
    warm: (request, signal) => runtime.warm(request, signal),
  };
}

export interface Repetition {
  /** Answers in a row that went round in circles, this one included. */
  readonly seen: number;
  readonly reasons: boolean;
}

/** A hot model wanders less when it is cooler; a cool one, and R1 always, leaves its rut when it is warmer. */
export function otherSampling(sampling: Sampling, { seen, reasons }: Repetition): Sampling {
  const { temperature, seed } = sampling;
  const warmer = temperature + 0.2;
  const other = reasons
    ? Math.max(temperature, Math.min(warmer, mostOfReasoning))
    : temperature > coolBelow
      ? Math.max(leastOfCooling, temperature - 0.15 * seen)
      : warmer;
  return { ...sampling, temperature: other, ...(seed === undefined ? {} : { seed: seed + 1 }) };
}

const coolBelow = 0.45;
const leastOfCooling = 0.3;
/** DeepSeek names 0.5 to 0.7. */
const mostOfReasoning = 0.7;

/**
 * Streams one try. Returns what it and the try before have cost when it was cut, and undefined when it came to
 * its own end, which it has streamed then.
 */
async function* tryOnce(
  open: (signal: AbortSignal) => AsyncIterable<StreamPart>,
  signal: AbortSignal,
  before: Usage = noUsage,
): AsyncGenerator<StreamPart, Usage | undefined> {
  const cut = new AbortController();
  const detectors = { "reasoning-delta": new LoopDetector(), "text-delta": new LoopDetector() };
  for await (const part of open(AbortSignal.any([signal, cut.signal]))) {
    if (part.kind === "stream-end") {
      const usage = withBefore(part.usage, before);
      if (cut.signal.aborted && !signal.aborted) return usage;
      yield { ...part, usage };
    } else if (!cut.signal.aborted) {
      yield part;
      // The runtime is waited for even so: a second try beside the first would take its place away.
      if (part.kind !== "answer-restart" && detectors[part.kind].push(part.text)) cut.abort();
    }
  }
  return undefined;
}

function withBefore(usage: Usage, before: Usage): Usage {
  return {
    ...usage,
    reasoning: usage.reasoning + before.reasoning,
    generated: usage.generated + before.generated,
  };
}
