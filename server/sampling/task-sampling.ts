/**
 * Task and model → how an answer is drawn. The person's word holds before that of the model's makers, and
 * theirs before the table.
 */

import type { SamplingSetting, SamplingTask } from "../config/sampling-kind.ts";
import type { CardSampling, Sampling } from "../model/model-runtime.ts";

export interface SamplingSources {
  readonly setting: SamplingSetting;
  readonly card: CardSampling;
  /** Whether the model answers with reasoning first. */
  readonly reasons: boolean;
}

export function taskSampling(task: SamplingTask, sources: SamplingSources): Sampling {
  const { setting, card, reasons } = sources;
  const row: Sampling = reasons && task !== "completion" ? reasoning : table[task];
  const merged = { ...row, ...(keepsWords.has(task) ? withoutPenalty(card) : card), ...setting[task] };
  const temperature = setting[task]?.temperature ?? cardTemperature(task, sources) ?? row.temperature;
  const bounded = !reasons || task === "completion" ? Math.min(temperature, most[task] ?? 2) : temperature;
  if (bounded > 0) return { ...usual, ...merged, temperature: bounded };
  const { repeatPenalty } = merged;
  return { temperature: 0, ...(repeatPenalty === undefined ? {} : { repeatPenalty }) };
}

/**
 * At 0 the most likely token is taken: the same place gives the same text, and a completion is right more
 * often. Above it, its seed keeps the same place giving the same text.
 */
const table: Readonly<Record<SamplingTask, Sampling>> = {
  completion: { temperature: 0, seed: 1 },
  repair: { temperature: 0.2 },
  refactor: { temperature: 0.3 },
  logic: { temperature: 0.2 },
  technicalWriting: { temperature: 0.4 },
  openWriting: { temperature: 0.9 },
};

/** For all that DeepSeek-R1 and its distills answer; its makers say 0.5 to 0.7, 0.6 best. */
const reasoning: Sampling = { temperature: 0.6, topP: 0.95 };

/** Where neither the person nor the makers say it. */
const usual = { topK: 50, topP: 0.92 } as const;

/** What the temperature of a task stays below, whoever asks for more; not for a repair by R1, which would loop. */
const most: Readonly<Partial<Record<SamplingTask, number>>> = { completion: 0.3, repair: 0.3 };

/** Makers speak of answers in a chat: of code that is filled in they mean no more than this. */
const mostByCard: Readonly<Partial<Record<SamplingTask, number>>> = { completion: 0.2 };

/** Code repeats itself, and an edit has to repeat the code that it replaces: no maker's penalty on that. */
const keepsWords: ReadonlySet<SamplingTask> = new Set(["completion", "repair", "refactor"]);

function withoutPenalty(card: CardSampling): CardSampling {
  return Object.fromEntries(Object.entries(card).filter(([name]) => name !== "repeatPenalty"));
}

function cardTemperature(task: SamplingTask, { card }: SamplingSources): number | undefined {
  return card.temperature === undefined ? undefined : Math.min(card.temperature, mostByCard[task] ?? 2);
}
