/** Shows the characters of a stream that nobody sees as their numbers, wherever the stream is cut. */

import { hiddenCharacters } from "./hidden-characters.ts";

const eachHidden = new RegExp(hiddenCharacters, "gu");

export class HiddenShower {
  /** What decides how the next one is read: a selector is hidden unless an emoji stands before it. */
  #last = "";

  /** Ends of lines become line feeds. */
  show(text: string): string {
    const lines = text.replaceAll("\r", "");
    const before = this.#last;
    this.#last = /.$/su.exec(lines)?.[0] ?? before;
    const shown = (before + lines).replace(eachHidden, shownAsNumber);
    return shown.slice(before.replace(eachHidden, shownAsNumber).length);
  }
}

function shownAsNumber(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
