/** The page that `npm start` prints: headings, rows and code within the width of the terminal. */

import { stripVTControlCharacters } from "node:util";
import { brokenText } from "../../server/cli/broken-text.ts";
import { type Paint, paintFor } from "../../server/cli/paint.ts";
import { textWidth, visibleText } from "../../server/cli/visible-text.ts";

export interface Page {
  readonly paint: Paint;
  heading(text: string): void;
  line(text?: string): void;
  /** A sentence, broken at spaces. */
  say(text: string): void;
  /** A name and what is to be said of it. */
  row(name: string, text: string): void;
  /** Where something happens, and who did it. */
  place(place: string, source: string): void;
  /** What came of it, below the code, cut to the width. */
  verdict(text: string): void;
  /** A line of code, what is added marked, cut to the width. */
  code(before: string, added: string): void;
  /** Begins a line of code with `before`; what it returns adds text as it arrives, up to the width. */
  streamed(before: string, paint: (text: string) => string): (text: string) => void;
}

const margin = "  ";
const nameWidth = 14;

export function pageOn(stream: NodeJS.WriteStream): Page {
  const paint = paintFor(stream);
  const width = Math.min(80, stream.columns ?? 80);
  const write = (text: string) => {
    stream.write(text);
  };
  const line = (text = "") => write(`${text}\n`);
  return {
    paint,
    line,
    heading: (text) => line(`\n${paint.strong(text)}`),
    say: (text) => {
      for (const part of brokenText(text, width - margin.length)) line(margin + part);
    },
    row: (name, text) => {
      const [first = "", ...rest] = brokenText(text, width - margin.length - nameWidth);
      line(margin + paint.strong(padded(name, nameWidth)) + first);
      for (const part of rest) line(margin + " ".repeat(nameWidth) + part);
    },
    place: (place, source) => {
      const fits = textWidth(place) + textWidth(source) + 2 * margin.length <= width;
      const gap = fits ? margin : `\n${margin}${margin}`;
      line(margin + paint.strong(place) + (source === "" ? "" : gap + paint.dim(source)));
    },
    verdict: (text) => line(margin + margin + cutBack(text, width - 2 * margin.length + hiddenWidth(text))),
    code: (before, added) => {
      const room = width - 2 * margin.length;
      const head = cutFront(visibleText(before), Math.max(8, room - textWidth(visibleText(added))));
      const tail = cutBack(visibleText(added), room - textWidth(head));
      line(`${margin}${margin}${paint.dim(head)}${paint.added(tail)}`);
      if (!paint.colours)
        line(`${margin}${margin}${" ".repeat(textWidth(head))}${"^".repeat(textWidth(tail))}`);
    },
    streamed: (before, painted) => {
      const head = cutFront(visibleText(before), width >> 1);
      write(`${margin}${margin}${paint.dim(head)}`);
      let room = width - 2 * margin.length - textWidth(head);
      return (text) => {
        if (room <= 0) return;
        const shown = cutBack(visibleText(text).replaceAll("\n", "⏎"), room);
        room -= textWidth(shown);
        write(painted(shown));
      };
    },
  };
}

/** What colours add to the length of a text and not to its width. */
function hiddenWidth(text: string): number {
  return text.length - stripVTControlCharacters(text).length;
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(1, width - textWidth(text)));
}

function cutFront(text: string, width: number): string {
  const trimmed = text.replace(/^ +/, (indent) => " ".repeat(Math.min(2, indent.length)));
  return textWidth(trimmed) <= width ? trimmed : `…${trimmed.slice(trimmed.length - width + 1)}`;
}

export function cutBack(text: string, width: number): string {
  return textWidth(text) <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
