/** Line ends of a file to guess as if they were not there yet: what the gates are calibrated with. */

export interface LineEnd {
  /** The file without the rest of the cursor's line. */
  readonly text: string;
  readonly offset: number;
  readonly expected: string;
}

/** Up to `count` line ends of code, spread over the file; the same file gives the same ones. */
export function lineEnds(text: string, count: number): LineEnd[] {
  const lines = [...text.matchAll(/^[^\S\r\n]*\S[^\r\n]*$/gm)].filter(([line]) => isCode(line.trim()));
  const found: LineEnd[] = [];
  for (let i = 0; i < lines.length && found.length < count; i++) {
    const line = lines[(i * stride) % lines.length];
    const cursors = line ? cursorsOf(line[0]) : [];
    const at = cursors[(i * stride) % Math.max(1, cursors.length)];
    if (!line || at === undefined) continue;
    const offset = line.index + at;
    const end = line.index + line[0].length;
    found.push({
      text: text.slice(0, offset) + text.slice(end),
      offset,
      expected: text.slice(offset, end).trimEnd(),
    });
  }
  return found;
}

/** A prime, so that steps of it visit lines far apart. */
const stride = 7919;

function isCode(line: string): boolean {
  return (
    line.length >= 8 &&
    !/^(?:\/\/|\/\*|\*|#|--|<!--|"""|import\b|from\b|use\b|#include\b|package\b)/.test(line)
  );
}

/** Word boundaries with four characters and two tokens or more to come. */
function cursorsOf(line: string): number[] {
  const indent = line.length - line.trimStart().length;
  return [...line.matchAll(/\b/g)]
    .map((match) => match.index)
    .filter((at) => {
      const rest = line.slice(at).trim();
      return at >= indent && rest.length >= 4 && (rest.match(/[\w$]+|[^\s\w$]/g)?.length ?? 0) >= 2;
    });
}
