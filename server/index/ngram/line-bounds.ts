/** Where a line of a text starts and ends. */

export function startOfLine(text: string, offset: number): number {
  let start = Math.min(offset, text.length);
  while (start > 0 && !isBreakCode(text.charCodeAt(start - 1))) start--;
  return start;
}

/** Before its line break. */
export function endOfLine(text: string, offset: number): number {
  let end = offset;
  while (end < text.length && !isBreakCode(text.charCodeAt(end))) end++;
  return end;
}

export function isBreakCode(code: number): boolean {
  return code === 10 || code === 13;
}
