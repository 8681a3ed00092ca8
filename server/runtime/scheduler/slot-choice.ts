/** Which request is sent next and which give their place back for it. Pure. */

import { type Priority, priorities } from "../../model/model-runtime.ts";

/** A request that waits or runs. */
export interface Contender {
  readonly priority: Priority;
  /** The order of coming; a place that was given back does not change it. */
  readonly arrival: number;
  /** Since when it has not moved on, on the clock: its coming, or the end of the last turn that was worth its prompt. */
  readonly since: number;
  /** What it takes of the budget at most. */
  readonly tokens: number;
  /** How long its prompt took to compute the last time. */
  readonly promptMs: number;
  /** Whether a part of its answer has been seen: it goes on from there. */
  readonly begun: boolean;
}

export interface Runner extends Contender {
  /** When the first token of this turn came. */
  readonly spokeAt: number | undefined;
  /** Whether it can be ended although it has spoken: its answer can be gone on with. */
  readonly resumes: boolean;
  /** Whether it has been asked to give its place back. */
  readonly leaving: boolean;
}

export interface SlotLimits {
  readonly slots: number;
  /** Tokens of prompts and answers together that the runtime holds at once; Infinity where each slot has its own. */
  readonly budgetTokens: number;
  /** Whether its slots compute at no cost to each other, as on a GPU; one slot always computes in turns. */
  readonly computes: "in turns" | "together";
}

/** How long each kind waits, in milliseconds, before it goes first; a completion is of no use by then. */
const patience: Readonly<Record<Priority, number>> = {
  completion: Infinity,
  repair: 5_000,
  chat: 10_000,
  background: 30_000,
};
/**
 * One that was paused waits so many times as long. Two completions pay for its turn, the one that waits meanwhile and
 * the next, whose prompt is gone by then: they are to be rare.
 */
const pausedFactor = 2;
/** A prompt that has to be computed again and again takes no more than this part of the time. */
const promptShare = 0.1;
/** So long one that had lost its patience may go on from its first token; its prompt was computed for that. */
export const turnMs = 1000;
/** Longer than the pause between two keys: what begins a prompt sooner would be in the way of the next completion. */
export const quietMs = 500;

/** What of the budget only completions take, where there is more than one slot: a context of theirs and its answer. */
const keptForCompletion = { share: 0.25, most: 4096 };

export interface Situation<W extends Contender = Contender, R extends Runner = Runner> {
  readonly waiting: readonly W[];
  readonly running: readonly R[];
  readonly now: number;
  /** When the last completion went, finished or not. */
  readonly completedAt: number;
  /** Whether the last place went to one who had waited long: two in a row would starve the others. */
  readonly favoured: boolean;
}

/** Who is next; whether there is room for it now is another question. */
export function chooseNext<W extends Contender>(situation: Situation<W>, limits: SlotLimits): W | undefined {
  const { waiting, running, now, favoured } = situation;
  const able = waiting
    .filter((one) => leavesSlot(one, running, limits) && now >= beginsAt(one, situation, limits))
    .toSorted(byRank);
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
    .filter((runner) => rankOf(runner) > rankOf(one) && !runner.leaving && now >= leavesAt(runner, now))
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

/** Those that make room on the processor for a completion that has its slot. */
export function choosePausing<R extends Runner>(
  { running, now }: { readonly running: readonly R[]; readonly now: number },
  limits: SlotLimits,
): readonly R[] {
  if (!inTurns(limits) || !running.some(isCompletion)) return [];
  return running.filter((runner) => !isCompletion(runner) && !runner.leaving && now >= leavesAt(runner, now));
}

/** When to choose anew although nobody has come or gone; undefined where time alone changes nothing. */
export function nextChange(situation: Situation, limits: SlotLimits): number | undefined {
  const { waiting, running, now } = situation;
  const times = [
    ...waiting.map((one) => beginsAt(one, situation, limits)),
    ...(waiting.length > 0 || running.some(isCompletion) ? running.map((one) => leavesAt(one, now)) : []),
  ];
  const next = Math.min(...times.filter((at) => at > now));
  return next === Infinity ? undefined : next;
}

/** When `one` may have a place, as far as completions are concerned: they would only drive it out again. */
function beginsAt(one: Contender, { waiting, running, completedAt }: Situation, limits: SlotLimits): number {
  if (isCompletion(one) || !inTurns(limits)) return -Infinity;
  const busy = running.some(isCompletion) || waiting.some(isCompletion);
  // What it has computed is still in its own slot: it goes on between two keys.
  const quiet = one.begun && limits.slots > 1 ? 0 : quietMs;
  return Math.min(busy ? Infinity : completedAt + quiet, lateAt(one));
}

/** When `runner` may be asked to give its place back. */
function leavesAt(runner: Runner, now: number): number {
  const late = isLate(runner, now);
  if (runner.spokeAt === undefined) return late ? Infinity : -Infinity;
  if (!runner.resumes) return Infinity;
  return late ? runner.spokeAt + turnMs : -Infinity;
}

/** The last free slot is for a completion, where there are several. */
function leavesSlot(one: Contender, running: readonly Contender[], { slots }: SlotLimits): boolean {
  if (isCompletion(one) || slots === 1) return true;
  return running.filter((runner) => !isCompletion(runner)).length < slots - 1;
}

function budgetOf(one: Contender, { slots, budgetTokens }: SlotLimits): number {
  if (isCompletion(one) || slots === 1) return budgetTokens;
  return budgetTokens - Math.min(budgetTokens * keptForCompletion.share, keptForCompletion.most);
}

export function isLate(one: Contender, now: number): boolean {
  return now >= lateAt(one);
}

function lateAt({ priority, since, promptMs, begun }: Contender): number {
  return since + Math.max(patience[priority] * (begun ? pausedFactor : 1), promptMs / promptShare);
}

function inTurns({ slots, computes }: SlotLimits): boolean {
  return slots === 1 || computes === "in turns";
}

function isCompletion({ priority }: Contender): boolean {
  return priority === "completion";
}

function byRank(a: Contender, b: Contender): number {
  return rankOf(a) - rankOf(b) || a.arrival - b.arrival;
}

function rankOf({ priority }: Contender): number {
  return priorities.indexOf(priority);
}
