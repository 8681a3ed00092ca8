/** Splits a script into steps that each have a vocabulary entry of their own. */

/** GPT-2's printable stand-in for each byte (bytes_to_unicode of openai/gpt-2's encoder.py). */
export const byteTokens: readonly string[] = (() => {
  const printable = (byte: number) =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let shifted = 0;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(printable(byte) ? byte : 256 + shifted++),
  );
})();

export function stepToken(step: string | Uint8Array): string {
  return Array.from(Buffer.from(step), (byte) => byteTokens[byte]).join("");
}

/** Steps near words, each unlike all before it, so that the same word can follow itself. */
export function splitIntoSteps(text: string, taken: ReadonlySet<string>): readonly string[] {
  const used = new Set(taken);
  const steps: string[] = [];
  const ends = wordEnds(text);
  const split = (from: number): boolean => {
    if (from === text.length) return true;
    for (const end of candidates(from, ends, text)) {
      const token = stepToken(text.slice(from, end));
      if (used.has(token)) continue;
      used.add(token);
      steps.push(token);
      if (split(end)) return true;
      used.delete(token);
      steps.pop();
    }
    return false;
  };
  if (!split(0)) throw new Error(`No split of ${JSON.stringify(text)} into different steps`);
  return steps;
}

function wordEnds(text: string): readonly number[] {
  return Array.from(
    text.matchAll(/\s*(?:[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_])|\s+$/gu),
    (word) => word.index + word[0].length,
  );
}

/** The next word ends first, then the places within the word; never between two halves of a surrogate. */
function candidates(from: number, ends: readonly number[], text: string): readonly number[] {
  const words = ends.filter((end) => end > from).slice(0, 8);
  const inner: number[] = [];
  for (let end = from + 1; end < Math.min(text.length, from + 24); end++) {
    const code = text.charCodeAt(end);
    if (!(code >= 0xdc00 && code < 0xe000) && !words.includes(end)) inner.push(end);
  }
  return [...words, ...inner];
}
