/** Where the demonstration completes: places in real files, chosen by a rule that has not seen the answers. */

import { Snapshot } from "../../server/text/snapshot.ts";

export interface SourceText {
  /** From the root of the repository. */
  readonly path: string;
  readonly uri: string;
  readonly languageId: string;
  readonly text: string;
}

export interface Place {
  readonly path: string;
  readonly offset: number;
  /** The file as it was before the rest of the line was written. */
  readonly snapshot: Snapshot;
  /** What the author wrote there. */
  readonly written: string;
}

/** A rest of line shorter than this shows nothing. */
const leastCharacters = 4;
const leastTokens = 2;

/**
 * `count` places spread evenly over all ends of words in lines of code: comments and imports are left out, the
 * first word of a line stays.
 */
export function choosePlaces(files: readonly SourceText[], count: number): readonly Place[] {
  const all = files.flatMap((file) => cutsOf(file).map((cut) => ({ file, cut })));
  const step = all.length / count;
  const chosen = Array.from({ length: Math.min(count, all.length) }, (_, index) => {
    // Within each share of the places a fixed hash takes one, so that no pattern of the files meets the step.
    const from = Math.floor(index * step);
    const share = Math.max(1, Math.floor(step));
    return all[from + (hash(index) % share)];
  });
  return chosen.flatMap((place) => (place ? [placeAt(place.file, place.cut)] : []));
}

interface Cut {
  readonly offset: number;
  readonly lineEnd: number;
}

function cutsOf({ uri, languageId, text }: SourceText): readonly Cut[] {
  const snapshot = new Snapshot(uri, languageId, 1, text);
  return Array.from({ length: snapshot.lineCount }, (_, line) => line).flatMap((line) => {
    const lineText = snapshot.lineText(line);
    if (!isCode(lineText)) return [];
    const lineEnd = snapshot.lineEnd(line);
    return wordEnds(lineText).map((end) => ({ offset: snapshot.lineStart(line) + end, lineEnd }));
  });
}

function isCode(line: string): boolean {
  return !/^\s*($|\/\/|\/?\*|import\b|export \*|\} from)/.test(line);
}

/** Places in `line` after a word or mark, with enough to come. */
function wordEnds(line: string): readonly number[] {
  return [...line.matchAll(/[\w$]+(?=[^\w$])|[^\w\s$]/g)]
    .map((word) => word.index + word[0].length)
    .map((end) => end + (line.startsWith(" ", end) ? 1 : 0))
    .filter((end) => {
      const rest = line.slice(end).trim();
      return rest.length >= leastCharacters && (rest.match(/[\w$]+|[^\w\s$]/g)?.length ?? 0) >= leastTokens;
    });
}

function placeAt(file: SourceText, { offset, lineEnd }: Cut): Place {
  const text = file.text.slice(0, offset) + file.text.slice(lineEnd);
  return {
    path: file.path,
    offset,
    snapshot: new Snapshot(file.uri, file.languageId, 1, text),
    written: file.text.slice(offset, lineEnd),
  };
}

/** Knuth's multiplicative hash. */
function hash(value: number): number {
  return Math.imul(value + 1, 2654435761) >>> 8;
}
