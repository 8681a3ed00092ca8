/** Colour on a terminal, plain text anywhere else; NO_COLOR and FORCE_COLOR are obeyed by Node itself. */

import { styleText } from "node:util";

export interface Paint {
  readonly colours: boolean;
  readonly added: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
}

type Format = Parameters<typeof styleText>[0];

/** `stream` is where the text will go. */
export function paintFor(stream: NodeJS.WritableStream): Paint {
  const format = (style: Format) => (text: string) => styleText(style, text, { stream });
  const added = format("green");
  return {
    colours: added("x") !== "x",
    added,
    dim: format("dim"),
    strong: format("bold"),
    good: format("green"),
    warn: format("yellow"),
    bad: format("red"),
  };
}

const same = (text: string) => text;
export const noPaint: Paint = {
  colours: false,
  added: same,
  dim: same,
  strong: same,
  good: same,
  warn: same,
  bad: same,
};
