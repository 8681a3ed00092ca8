/**
 * Earlier answers of one model, found again while the person types them, and after a backspace.
 *
 * An answer is kept under the text before the line it starts on and the text after the cursor;
 * it fits as long as the line as typed is a beginning of "line as it was, then the answer".
 */

import { LRUCache } from "lru-cache";
import type { Snapshot } from "../../text/snapshot.ts";

export interface CachePlace {
  readonly snapshot: Snapshot;
  readonly offset: number;
}

interface Answer {
  /** The line up to the cursor when the answer was made, and the answer. */
  readonly linePrefix: string;
  readonly text: string;
}

/** Characters of the text before the line, and after the cursor, that must be the same. */
const keyChars = 512;
/** Lines of an answer that may have been typed over before it is no longer looked for. */
const typedLines = 8;
const answersPerKey = 8;

export class CompletionCache {
  readonly #answers = new LRUCache<string, readonly Answer[]>({ max: 500 });

  add(place: CachePlace, text: string): void {
    const line = place.snapshot.positionAt(place.offset).line;
    const key = keyOf(place, line);
    const linePrefix = place.snapshot.text.slice(place.snapshot.lineStart(line), place.offset);
    const others = (this.#answers.get(key) ?? []).filter((answer) => answer.linePrefix !== linePrefix);
    this.#answers.set(key, [{ linePrefix, text }, ...others].slice(0, answersPerKey));
  }

  /** What is left of an answer that fits at `place`; the answer that the person typed furthest into. */
  find(place: CachePlace): string | undefined {
    const { snapshot, offset } = place;
    const line = snapshot.positionAt(offset).line;
    for (let back = 0; back <= Math.min(typedLines, line); back++) {
      const typed = snapshot.text.slice(snapshot.lineStart(line - back), offset);
      const fitting = this.#answers
        .get(keyOf(place, line - back))
        ?.map((answer) => remainder(answer, typed))
        .find((rest) => rest !== undefined);
      if (fitting !== undefined) return fitting;
    }
    return undefined;
  }

  clear(): void {
    this.#answers.clear();
  }
}

/** What is left of `answer` once the line reads `typed`; undefined where it does not fit or is used up. */
function remainder(answer: Answer, typed: string): string | undefined {
  const whole = answer.linePrefix + answer.text;
  if (typed.length < answer.linePrefix.length || typed.length >= whole.length) return undefined;
  return whole.startsWith(typed) ? whole.slice(typed.length) : undefined;
}

function keyOf(place: CachePlace, line: number): string {
  const start = place.snapshot.lineStart(line);
  const before = place.snapshot.text.slice(Math.max(0, start - keyChars), start);
  const after = place.snapshot.text.slice(place.offset, place.offset + keyChars);
  return `${place.snapshot.uri}\0${before}\0${after}`;
}
