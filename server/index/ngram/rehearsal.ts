/** Line ends of a file to guess as if they were not there yet: what the gates are calibrated with. */

export interface LineEnd {
  /** The file without the rest of the cursor's line. */
  readonly text: string;
  readonly offset: number;
  readonly expected: string;
}

/** Up to `count` line ends of code, spread over all places of the file; the same file gives the same ones. */
export function lineEnds(text: string, count: number): LineEnd[] {
  const cuts = [...text.matchAll(/^[^\S\r\n]*\S[^\r\n]*$/gm)].flatMap(({ 0: line, index }) =>
    isCode(line.trim()) ? wordEnds(line).map((at) => ({ offset: index + at, end: index + line.length })) : [],
  );
  const chosen = cuts.length <= count ? cuts : spread(cuts, count);
  return chosen.map(({ offset, end }) => ({
    text: text.slice(0, offset) + text.slice(end),
    offset,
    expected: text.slice(offset, end).trimEnd(),
  }));
}

/** One of each equal share of the items, at a place that follows no pattern of theirs. */
function spread<T>(items: readonly T[], count: number): T[] {
  const share = items.length / count;
  return Array.from({ length: count }, (_, i) => {
    const within = (Math.imul(i + items.length, 0x9e3779b1) >>> 8) / 2 ** 24;
    return items[Math.floor((i + within) * share)];
  }).filter((item) => item !== undefined);
}

function isCode(line: string): boolean {
  return !/^(?:\/\/|\/\*|\*|#|--|<!--|"""|import\b|from\b|use\b|#include\b|package\b)/.test(line);
}

/** Where a person may stop to type: behind a word or mark and its space, with enough to come. */
function wordEnds(line: string): number[] {
  return [...line.matchAll(/[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/gu)]
    .map((word) => word.index + word[0].length)
    .map((end) => (line.startsWith(" ", end) ? end + 1 : end))
    .filter((end) => {
      const rest = line.slice(end).trim();
      return rest.length >= 4 && (rest.match(/[\w$]+|[^\s\w$]/g)?.length ?? 0) >= 2;
    });
}
