/**
 * A completion by the built-in completer: shown while typing only when it is sure. Whoever asks by hand gets the
 * first tokens where these alone are sure, else the line all the same, when there is anything in its favour.
 */

import type { Clock } from "../../base/clock.ts";
import type { CompletionReport, CompletionRequest, SkipReason, SourceOutcome } from "./completion-outcome.ts";
import { postProcess } from "./post-process.ts";
import { shownPlace } from "./shown-place.ts";

export type BuiltinAnswer =
  | {
      readonly kind: "answer";
      readonly text: string;
      readonly confidence: number;
      readonly sure: boolean;
      readonly start?: { readonly text: string; readonly confidence: number } | undefined;
    }
  | { readonly kind: "none"; readonly reason: string };

/** The built-in completer as this feature needs it; it holds the documents itself. */
export interface BuiltinSource {
  complete(
    query: { readonly uri: string; readonly version: number; readonly offset: number },
    signal: AbortSignal,
  ): Promise<BuiltinAnswer>;
}

export interface BuiltinPorts {
  readonly clock: Clock;
  readonly builtin: BuiltinSource;
}

/** Below this even whoever asks by hand gets nothing: nine in ten are wrong. */
const leastByHand = 0.1;

export class BuiltinCompletion {
  readonly #ports: BuiltinPorts;

  constructor(ports: BuiltinPorts) {
    this.#ports = ports;
  }

  async complete(request: CompletionRequest, signal: AbortSignal): Promise<SourceOutcome> {
    const { clock, builtin } = this.#ports;
    const { snapshot } = request;
    const started = clock.now();
    const offset = snapshot.offsetAt(request.position);
    const answer = await builtin.complete({ uri: snapshot.uri, version: snapshot.version, offset }, signal);
    const answered = clock.now();
    if (answer.kind === "none") return { kind: "skipped", reason: reasonOf(answer.reason) };
    const automatic = request.trigger === "automatic";
    const { text, confidence } = automatic || answer.sure ? answer : (answer.start ?? answer);
    const shown = postProcess(text, shownPlace(snapshot, offset, []));
    const report = {
      ...reportOf(started, answered, clock.now()),
      confidence,
      shownWhileTyping: answer.sure,
    };
    if (shown.kind === "refused") return { kind: "skipped", reason: shown.reason, report };
    if (!answer.sure && (automatic || confidence < leastByHand))
      return { kind: "skipped", reason: "unsure", report };
    return { kind: "text", text: shown.text, report };
  }
}

/** What a person is told; anything else that the completer says comes to not being sure. */
function reasonOf(reason: string): SkipReason {
  return reason === "secret" || reason === "mid-line" || reason === "too-large" ? reason : "unsure";
}

function reportOf(started: number, answered: number, ended: number): CompletionReport {
  return {
    runtime: "builtin",
    model: "ngram",
    reused: false,
    timings: {
      queueMs: 0,
      contextMs: 0,
      overheadMs: ended - answered,
      firstTokenMs: answered - started,
      totalMs: ended - started,
    },
    context: [],
  };
}
