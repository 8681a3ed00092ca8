/** Which request is sent next and which give their place back for it. Pure. */

import { type Priority, priorities } from "../../model/model-runtime.ts";

/** A request that waits or runs. */
export interface Contender {
  readonly priority: Priority;
  /** The order of coming; a place that was given back does not change it. */
  readonly arrival: number;
  /** When it came, on the clock. */
  readonly came: number;
  /** What it takes of the budget at most. */
  readonly tokens: number;
}

export interface Runner extends Contender {
  /** Whether it may lose its place: nothing of its answer has been seen. */
  readonly silent: boolean;
  /** Whether it has been asked to give its place back. */
  readonly leaving: boolean;
}

export interface SlotLimits {
  readonly slots: number;
  /** Tokens of prompts and answers together that the runtime holds at once; Infinity where each slot has its own. */
  readonly budgetTokens: number;
}

/** How long each kind waits, in milliseconds, before it goes first; a completion is of no use by then. */
const patience: Readonly<Record<Priority, number>> = {
  completion: Infinity,
  repair: 5_000,
  chat: 10_000,
  background: 30_000,
};

/** What of the budget only completions take, where there is more than one slot: a context of theirs and its answer. */
const keptForCompletion = { share: 0.25, most: 4096 };

export interface Situation<W extends Contender = Contender> {
  readonly waiting: readonly W[];
  readonly running: readonly Runner[];
  readonly now: number;
  /** Whether the last place went to one who had waited long: two in a row would starve the others. */
  readonly favoured: boolean;
}

/** Who is next; whether there is room for it now is another question. */
export function chooseNext<W extends Contender>(
  { waiting, running, now, favoured }: Situation<W>,
  limits: SlotLimits,
): W | undefined {
  const able = waiting.filter((one) => leavesSlot(one, running, limits)).toSorted(byRank);
  const first = able[0];
  if (favoured || first === undefined) return first;
  // One that its equals keep out would only keep the others out too.
  const late = able.filter(
    (one) =>
      isLate(one, now) &&
      fits(
        one,
        running.filter((runner) => rankOf(runner) >= rankOf(one)),
        limits,
      ),
  );
  return late.toSorted((a, b) => a.arrival - b.arrival)[0] ?? first;
}

export function fits(one: Contender, running: readonly Contender[], limits: SlotLimits): boolean {
  if (running.length >= limits.slots || !leavesSlot(one, running, limits)) return false;
  const used = running.reduce((sum, { tokens }) => sum + tokens, 0);
  return running.length === 0 || used + one.tokens <= budgetOf(one, limits);
}

/** Those that give their place back so that `one` fits: the lowest and youngest, none if all would not do. */
export function chooseLeaving<R extends Runner>(
  one: Contender,
  { running, now }: { readonly running: readonly R[]; readonly now: number },
  limits: SlotLimits,
): readonly R[] {
  const able = running
    .filter(
      (runner) => rankOf(runner) > rankOf(one) && runner.silent && !runner.leaving && !isLate(runner, now),
    )
    .toSorted((a, b) => byRank(b, a));
  const staying = running.filter(({ leaving }) => !leaving);
  for (let count = 0; count <= able.length; count++) {
    const chosen = able.slice(0, count);
    if (
      fits(
        one,
        staying.filter((runner) => !chosen.includes(runner)),
        limits,
      )
    )
      return chosen;
  }
  return [];
}

/** The last free slot is for a completion, where there are several. */
function leavesSlot(one: Contender, running: readonly Contender[], { slots }: SlotLimits): boolean {
  if (one.priority === "completion" || slots === 1) return true;
  return running.filter(({ priority }) => priority !== "completion").length < slots - 1;
}

function budgetOf({ priority }: Contender, { slots, budgetTokens }: SlotLimits): number {
  if (priority === "completion" || slots === 1) return budgetTokens;
  return budgetTokens - Math.min(budgetTokens * keptForCompletion.share, keptForCompletion.most);
}

export function isLate({ priority, came }: Contender, now: number): boolean {
  return now - came >= patience[priority];
}

function byRank(a: Contender, b: Contender): number {
  return rankOf(a) - rankOf(b) || a.arrival - b.arrival;
}

function rankOf({ priority }: Contender): number {
  return priorities.indexOf(priority);
}
