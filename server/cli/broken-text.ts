/** Text in lines no wider than a terminal: Chinese breaks anywhere, other text at spaces; a longer word stays whole. */

import { textWidth } from "./visible-text.ts";

/** `width` in columns. Line breaks of the text stay. */
export function brokenText(text: string, width: number): readonly string[] {
  return text.split("\n").flatMap((line) => brokenLine(line, width));
}

function brokenLine(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let current = "";
  for (const word of text.split(breaks)) {
    if (current !== "" && textWidth((current + word).trimEnd()) > width) {
      lines.push(current.trimEnd());
      current = "";
    }
    current += word;
  }
  return [...lines, current.trimEnd()];
}

/** Behind a space or a Chinese character, but not before a mark that closes. */
const breaks = /(?<= )|(?<=[\u3000-\u9fff\uff00-\uffef])(?![\u3001\u3002\uff0c\uff1b\uff1a\uff09\u201d])/;
