/** Where a text stops being JSON. Node's own message names the place for some errors only. */

/** The offset of the first character that cannot stand there; undefined when `text` is valid JSON. */
export function jsonErrorOffset(text: string): number | undefined {
  const scanner = new Scanner(text);
  const valid = scanner.value(0) && scanner.end();
  return valid ? undefined : scanner.offset;
}

const space = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// JSON forbids U+0000 to U+001F in strings, and no other control character.
const characters = /(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/uy;
const word = /true|false|null/y;
const maxDepth = 1000;

/** Each method answers whether what it looks for stood at the offset, and moves past it. */
class Scanner {
  readonly #text: string;
  offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): boolean {
    this.#match(space);
    if (depth >= maxDepth || !this.#bare(depth)) return false;
    this.#match(space);
    return true;
  }

  end(): boolean {
    return this.offset === this.#text.length;
  }

  #bare(depth: number): boolean {
    if (this.#is("{")) return this.#list("}", () => this.#member(depth + 1));
    if (this.#is("[")) return this.#list("]", () => this.value(depth + 1));
    if (this.#text[this.offset] === '"') return this.#string();
    return this.#match(word) || this.#match(number);
  }

  #member(depth: number): boolean {
    this.#match(space);
    if (!this.#string()) return false;
    this.#match(space);
    return this.#is(":") && this.value(depth);
  }

  #list(close: string, item: () => boolean): boolean {
    this.#match(space);
    if (this.#is(close)) return true;
    do {
      if (!item()) return false;
      this.#match(space);
    } while (this.#is(","));
    return this.#is(close);
  }

  #string(): boolean {
    if (!this.#is('"')) return false;
    this.#match(characters);
    return this.#is('"');
  }

  #is(character: string): boolean {
    if (this.#text[this.offset] !== character) return false;
    this.offset++;
    return true;
  }

  /** Whether the pattern matched something. */
  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.offset;
    const found = pattern.exec(this.#text);
    if (found === null) return false;
    this.offset += found[0].length;
    return found[0].length > 0;
  }
}
