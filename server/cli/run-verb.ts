/** Runs a verb and prints what it comes to: data on standard output, trouble on standard error, one exit status. */

import { explainError } from "../model/explain-error.ts";
import { toRuntimeError } from "../model/runtime-error.ts";
import type { CliContext } from "./cli-context.ts";
import { failureText, type Outcome } from "./failure.ts";
import { Interruption } from "./interruption.ts";
import { paintFor } from "./paint.ts";
import { UsageError } from "./usage-error.ts";
import { visibleText } from "./visible-text.ts";

export interface VerbRequest {
  readonly context: CliContext;
  readonly json: boolean;
}

export const exitStatus = { done: 0, failed: 1, usage: 2 } as const;

export async function runVerb({ context, json }: VerbRequest, verb: () => Promise<Outcome>): Promise<void> {
  const outcome = context.signal.aborted ? interrupted : await outcomeOf(verb, context);
  if (outcome.kind === "interrupted") {
    context.process.exitCode = interruptedStatus(context.signal);
    return;
  }
  if (outcome.kind === "printed") {
    context.process.exitCode = exitStatus.done;
    return;
  }
  context.process.exitCode = exitStatus[outcome.kind];
  if (outcome.kind === "usage") {
    const { stderr } = context.process;
    stderr.write(`${paintFor(stderr).bad(visibleText(outcome.message))}\n`);
    return;
  }
  if (json) {
    const value = outcome.kind === "done" ? outcome.json : (outcome.json ?? { error: outcome.failure });
    context.process.stdout.write(`${JSON.stringify(value, rounded)}\n`);
    return;
  }
  if (outcome.text !== undefined && outcome.text !== "") context.process.stdout.write(`${outcome.text}\n`);
  if (outcome.kind === "failed") {
    const { stderr } = context.process;
    stderr.write(failureText(outcome.failure, paintFor(stderr)));
  }
}

function interruptedStatus({ reason }: AbortSignal): number {
  return reason instanceof Interruption ? reason.status : exitStatus.failed;
}

/** Microseconds are as fine as any figure here is worth. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Math.round(value * 1000) / 1000 : value;
}

const interrupted: Outcome = { kind: "interrupted" };

/** What a verb throws is a bug or broken surroundings; a person is told all the same. */
async function outcomeOf(verb: () => Promise<Outcome>, context: CliContext): Promise<Outcome> {
  try {
    const outcome = await verb();
    return context.signal.aborted ? interrupted : outcome;
  } catch (thrown) {
    if (context.signal.aborted) return interrupted;
    if (thrown instanceof UsageError) return { kind: "usage", message: thrown.message };
    return { kind: "failed", failure: explainError(toRuntimeError(thrown), context.localizer) };
  }
}
