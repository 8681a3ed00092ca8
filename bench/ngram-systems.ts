/** What the bench of line ends compares: anything that completes a case. */

import { NgramModel } from "../server/index/ngram/ngram-model.ts";
import type { LineEndCase } from "./cases/line-ends.ts";
import type { SourcePackage } from "./cases/packages.ts";

export interface Offer {
  readonly text: string;
  /** Comparable within one system only: the surest quarter is taken by it. */
  readonly confidence: number;
  /** Whether the system would show it to a person. */
  readonly sure: boolean;
}

export interface CompletionSystem {
  readonly name: string;
  /** Called once a package, before its cases; the time does not count. */
  prepare?(source: SourcePackage): Promise<void> | void;
  /** Called before each case with the document open, as in an editor; the time does not count. */
  open?(item: LineEndCase): Promise<void> | void;
  complete(item: LineEndCase): Promise<Offer | undefined> | Offer | undefined;
  dispose?(): Promise<void> | void;
}

/** The baseline: the rest of the line after the longest match of the typed text elsewhere in the file. */
export const copying: CompletionSystem = {
  name: "copying",
  complete({ text, offset }) {
    const before = text.slice(0, offset);
    const after = text.slice(offset);
    let best: { readonly rest: string; readonly length: number } | undefined;
    for (let low = 1, high = Math.min(offset, 2000); low <= high; ) {
      const length = (low + high) >> 1;
      const rest = followerOf(before.slice(-length), before, after);
      if (rest === undefined) high = length - 1;
      else {
        best = { rest, length };
        low = length + 1;
      }
    }
    return best && { text: best.rest, confidence: best.length, sure: best.length >= 12 };
  },
};

function followerOf(typed: string, before: string, after: string): string | undefined {
  const earlier = before.lastIndexOf(typed, before.length - typed.length - 1);
  if (earlier >= 0) return restOfLine(before, earlier + typed.length);
  const later = after.indexOf(typed);
  return later >= 0 ? restOfLine(after, later + typed.length) : undefined;
}

function restOfLine(text: string, from: number): string {
  const end = text.indexOf("\n", from);
  return text.slice(from, end < 0 ? text.length : end).trimEnd();
}

/** The built-in completer, without its worker. */
export function builtin(): CompletionSystem {
  let model = new NgramModel();
  return {
    name: "builtin/ngram",
    prepare(source) {
      model = new NgramModel();
      for (const file of source.files) model.add(file.path, file.text);
    },
    open: ({ path, text }) => model.open(path, text),
    complete({ path, offset }) {
      const result = model.complete(path, offset);
      if (result.kind === "none") return undefined;
      return { text: result.text, confidence: result.confidence, sure: result.confidence >= 0.35 };
    },
  };
}
