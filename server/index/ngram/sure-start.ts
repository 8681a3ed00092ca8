/** The first tokens of a line, where they are sure and the whole of it is not: what is offered to whoever asks by hand. */

import { startConfidence } from "./confidence.ts";

export interface Start {
  readonly text: string;
  /** 0 to 1: how often the line that the author wrote begins like this. */
  readonly confidence: number;
}

/** Over the tuning packages 63 in 100 starts are right from here on. */
const leastConfidence = 0.5;
/** One mark alone is not worth being offered. */
const leastLength = 2;

/** The line so far as the start of all that grow out of it; `chance` is the logarithm of its own. */
export function sureStart({
  text,
  chance,
}: {
  readonly text: string;
  readonly chance: number;
}): Start | undefined {
  if (text.trim().length < leastLength) return undefined;
  const confidence = startConfidence(chance);
  return confidence >= leastConfidence ? { text, confidence } : undefined;
}

/**
 * Whether a person might stop typing behind `line`, all of it from its first column on, when `follower` is likely
 * next: not within an operator, nor before the end of a string.
 */
export function endsWell(
  line: string,
  follower: { readonly text: string; readonly spaced: boolean } | undefined,
): boolean {
  if (!follower) return true;
  if (follower.text === openQuote(line)) return false;
  return follower.spaced || !operator.test(follower.text) || !operator.test(line.at(-1) ?? "");
}

const operator = /^[-+*/%=<>!&|^?:.~]$/;

/** The quote of the string that is open at the end of `text`, which starts a line; empty when none is. */
function openQuote(text: string): string {
  let quote = "";
  for (let i = 0; i < text.length; i++) {
    const mark = text[i] ?? "";
    if (quote !== "" && mark === "\\") i++;
    else if (quote === "" ? /["'`]/.test(mark) : mark === quote) quote = quote === "" ? mark : "";
  }
  return quote;
}
