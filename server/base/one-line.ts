/** Words of others made fit for one line of ours, so that they cannot pass for a line that we wrote. */

/** Controls, and what else begins a new line. */
const breaking = /[\p{Cc}\u2028\u2029]/gu;

/** What would begin another line is shown as its code point; what is behind `most` characters is left out. */
export function oneLine(text: string, most = Infinity): string {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text;
  return cut.replace(breaking, codePoint);
}

/** As it is written in a program. */
export function codePoint(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
