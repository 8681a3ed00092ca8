/**
 * Text of a file or a model made safe for a terminal: what would move the cursor, change colours, hide or
 * reorder characters is shown as its code point instead.
 */

import { codePoint } from "../base/one-line.ts";

/** Controls but tab and line feed, bidirectional marks, zero-width and tag characters, lone surrogates. */
const hidden = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}\p{Cs}]/gu;

export function visibleText(text: string): string {
  return safeText(text).replaceAll("\t", "    ");
}

/** The same with its tabs, for text that somebody may keep. */
export function safeText(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(hidden, (character) =>
      character === "\n" || character === "\t" ? character : codePoint(character),
    );
}

/** Columns that `text` takes on a terminal: East Asian wide characters and emoji take two. */
export function textWidth(text: string): number {
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\p{RGI_Emoji}/v;
