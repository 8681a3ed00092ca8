/** One answer as it comes: what the server has sent of it, put together. Pure. */

import type { ChatPart, ChatPlace, ChatResult } from "../../server/protocol/chat.ts";

export interface Answer {
  readonly question: string;
  /** What goes along, then what of it the model was shown. */
  readonly sources: readonly ChatPlace[];
  /** What is waited for before the first word; empty when nobody says. */
  readonly waits: string;
  readonly thought: string;
  readonly text: string;
  /** In milliseconds; of thoughts only. */
  readonly began?: number;
  readonly ended?: number;
  /** What had been written before went round in circles. */
  readonly restarted?: true;
  readonly end?: Extract<ChatPart, { readonly kind: "stream-end" }>;
  readonly result?: ChatResult;
}

export function begun(question: string, sources: readonly ChatPlace[]): Answer {
  return { question, sources, waits: "", thought: "", text: "" };
}

/** `now`: in milliseconds. */
export function withPart(answer: Answer, part: ChatPart, now: number): Answer {
  switch (part.kind) {
    case "progress":
      return { ...answer, waits: part.text };
    case "sources":
      return { ...answer, waits: "", sources: part.items };
    case "reasoning-delta":
      return { ...answer, began: answer.began ?? now, thought: answer.thought + part.text };
    case "text-delta":
      return { ...thoughtEnded(answer, now), text: answer.text + part.text };
    case "answer-restart":
      return { ...begun(answer.question, answer.sources), restarted: true };
    case "stream-end":
      return { ...thoughtEnded(answer, now), end: part };
  }
}

/** What has come stays. */
export function withResult(answer: Answer, result: ChatResult, now: number): Answer {
  return { ...thoughtEnded(answer, now), waits: "", result };
}

/** Whole seconds, at least one; undefined where nothing was thought. */
export function secondsOfThought({ began, ended }: Answer, now: number): number | undefined {
  return began === undefined ? undefined : Math.max(1, Math.round(((ended ?? now) - began) / 1000));
}

function thoughtEnded(answer: Answer, now: number): Answer {
  return answer.began === undefined || answer.ended !== undefined ? answer : { ...answer, ended: now };
}
