/**
 * Finds where a streamed text goes round in circles, at a fixed cost per word: for each distance it counts how
 * long the text has been equal to itself that many words before.
 */

/** How far back a repeated part may begin, in words and marks: some forty lines of code. A power of two. */
const longestPart = 512;
/** Characters of a part from which three copies in a row are a loop; calls and closing tags are shorter. */
const shortPart = 20;
/** What shorter parts must have filled, in characters: `null, null, null` is good code. */
const mostOfShortParts = 96;
/** What parts without a letter must have filled: tables of numbers and ruled lines are long. */
const mostWithoutLetters = 768;
/** A line is judged with so many before it, by how many of them differ: a loop that varies a little. */
const judgedLines = 24;
const leastDifferentLines = 5;
const shortestLine = 8;
const longestLine = 400;
/** A word without an end, such as a hash, is read in pieces. */
const longestWord = 48;

/** Scripts without spaces are read character by character, as marks are. */
type Class = "word" | "space" | "mark";

export class LoopDetector {
  readonly #ids = new Map<string, number>();
  /** The last words in a ring: their numbers, their characters, and whether they begin with a letter. */
  readonly #words = new Int32Array(longestPart).fill(-1);
  readonly #lengths = new Uint8Array(longestPart);
  readonly #lettered = new Uint8Array(longestPart);
  /** By distance, how many words in a row have been equal to the one so far before them. */
  readonly #equal = new Int32Array(longestPart + 1);
  readonly #lines: string[] = [];
  #count = 0;
  #word = "";
  #class: Class = "space";
  #line = "";

  /** Whether the text so far, with `text` at its end, goes round in circles. */
  push(text: string): boolean {
    let found = false;
    for (const character of text) {
      if (this.#read(character)) found = true;
    }
    return found;
  }

  #read(character: string): boolean {
    const kind = classOf(character);
    const joins = kind !== "mark" && kind === this.#class && this.#word.length < longestWord;
    let found = joins ? false : this.#settle();
    this.#word += character;
    this.#class = kind;
    if (kind === "mark" && this.#settle()) found = true;
    if (character === "\n" && this.#endLine()) found = true;
    if (character !== "\n" && this.#line.length < longestLine) this.#line += character;
    return found;
  }

  /** Blanks within a line say nothing; a line break counts with the indentation after it. */
  #settle(): boolean {
    const word = this.#word;
    this.#word = "";
    if (word === "" || (this.#class === "space" && !word.includes("\n"))) return false;
    const id = this.#ids.get(word) ?? this.#ids.size;
    this.#ids.set(word, id);
    const found = this.#compare(id);
    const slot = this.#count % longestPart;
    this.#words[slot] = id;
    // Indentation is no text, but white space without an end is.
    this.#lengths[slot] = this.#class === "space" && word.length < longestWord ? 1 : word.length;
    this.#lettered[slot] = /^\p{L}/u.test(word) ? 1 : 0;
    this.#count++;
    return found !== undefined && this.#isLoop(found);
  }

  /** Counts the word with number `id` in, and returns the shortest distance at which there are three copies. */
  #compare(id: number): number | undefined {
    const words = this.#words;
    const equal = this.#equal;
    let shortest: number | undefined;
    for (let distance = Math.min(longestPart, this.#count); distance > 0; distance--) {
      if (words[(this.#count - distance) % longestPart] !== id) {
        equal[distance] = 0;
        continue;
      }
      const run = (equal[distance] ?? 0) + 1;
      equal[distance] = run;
      if (run >= 2 * distance) shortest = distance;
    }
    return shortest;
  }

  #isLoop(distance: number): boolean {
    let characters = 0;
    let letters = 0;
    for (let back = 1; back <= distance; back++) {
      const slot = (this.#count - back) % longestPart;
      characters += this.#lengths[slot] ?? 0;
      letters += this.#lettered[slot] ?? 0;
    }
    const filled = (characters * ((this.#equal[distance] ?? 0) + distance)) / distance;
    if (letters === 0) return filled >= mostWithoutLetters;
    return characters >= shortPart || filled >= mostOfShortParts;
  }

  #endLine(): boolean {
    const line = this.#line.trim();
    this.#line = "";
    if (line.length < shortestLine || !/\p{L}/u.test(line)) return false;
    this.#lines.push(line);
    if (this.#lines.length > judgedLines) this.#lines.shift();
    return this.#lines.length === judgedLines && new Set(this.#lines).size < leastDifferentLines;
  }
}

function classOf(character: string): Class {
  if (/\s/.test(character)) return "space";
  if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(character)) return "mark";
  return /[\p{L}\p{M}\p{N}_]/u.test(character) ? "word" : "mark";
}
