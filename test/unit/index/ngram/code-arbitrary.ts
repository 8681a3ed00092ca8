/** Text that looks like code, with everything that makes trouble: mixed line breaks, tabs, blank lines, emoji. */

import fc from "fast-check";

const words = "a b foo bar if ( ) { } [ ] ; , . = 1 23".split(" ");
const trouble = [
  " ",
  "  ",
  "\t",
  "\n",
  "\r\n",
  "\r",
  "\n\n",
  "\n  ",
  "\n    ",
  "é",
  "名",
  "😀",
  "\ud800",
  "\u00a0",
  '"',
];
const piece = fc.constantFrom(...words, ...trouble);

export const code: fc.Arbitrary<string> = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""));
