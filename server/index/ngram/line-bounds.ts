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

/** Where the last line with text ends that is before the line starting at `lineStart`; 0 when there is none. */
export function endOfLineBefore(text: string, lineStart: number): number {
  let end = lineStart;
  while (end > 0 && isBlankCode(text.charCodeAt(end - 1))) end--;
  return end;
}

function isBlankCode(code: number): boolean {
  return isBreakCode(code) || code === 32 || code === 9;
}

export function isBreakCode(code: number): boolean {
  return code === 10 || code === 13;
}
