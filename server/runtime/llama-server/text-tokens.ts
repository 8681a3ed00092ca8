/**
 * The tokens of texts by a server's own tokenizer, which takes milliseconds for a file. While a person types, one line
 * of the prompt changes: texts are cut where this tokenizer cuts them anyway, and only pieces that it has not been
 * asked lately are asked.
 *
 * Invariant: the tokens are those of the uncut text.
 */

import { LRUCache } from "lru-cache";
import type { RuntimeError } from "../../model/runtime-error.ts";

export interface Tokenizer {
  /** The tokens of each of these, one after the other in one list; a number is a token already. */
  tokenize(content: readonly (string | number)[], signal: AbortSignal): Promise<readonly number[]>;
  /** What to throw where the answer is none. */
  strange(): RuntimeError;
}

/**
 * Where a text may be cut, the finest first. Tokenizers that merge bytes cut a text into words before, by expressions
 * of their own: Qwen's, Llama 3's and DeepSeek's at the start of every line with something in it; nearly all between
 * a line that ends in no white space and a letter. SentencePiece's cut nowhere.
 */
const cuts = [/(?<=\n)(?=[ \t]*[^\s])/u, /(?<=[^\s]\n)(?=[A-Za-z])/u] as const;

/** What a tokenizer that does not cut there makes other tokens of: one of its own for what stands on both sides. */
const probe = [
  "import a;\nimport b\n\nfunction c() {\n    return d;\n}\n\n\n// e\n/* f */\n\tif (g) {\n\t\th();\n\t}\n",
  "\n  'i'\n\n  \"j\"\r\n\r\nk\r\n  l:\n        m = 1\n1\n_n = {\n//o\n};\n//p\n\n#q\n  - r\n\n\n    s\n",
  "```\nt\n```\n\n## u\n\n* v\n</w>\n<x>\n  </x>\n)\n{\n}\n\n}\n  }\n    }\n你好\n  世界。\n\n你\n",
].join("");

/** No token of any model. */
const between = -1;
/** Of all that is remembered: some hundred thousand characters of code. */
const mostTokens = 65_536;

export class TextTokens {
  readonly #tokenizer: Tokenizer;
  readonly #known = new LRUCache<string, readonly number[]>({
    maxSize: mostTokens,
    sizeCalculation: ({ length }) => length + 1,
  });
  #cut: RegExp | "nowhere" | undefined;

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
  }

  /** Of each text, as if it were asked alone. */
  async of(texts: readonly string[], signal: AbortSignal): Promise<readonly (readonly number[])[]> {
    const cut = (this.#cut ??= await this.#findCut(signal));
    const pieces = texts.map((text) => (cut === "nowhere" ? [text] : text.split(cut)));
    const tokens = await this.#tokens(new Set(pieces.flat()), signal);
    return pieces.map((each) => each.flatMap((piece) => tokens.get(piece) ?? []));
  }

  async #tokens(
    pieces: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly number[]>> {
    const tokens = new Map<string, readonly number[]>();
    const unknown: string[] = [];
    for (const piece of pieces) {
      const known = this.#known.get(piece);
      if (known) tokens.set(piece, known);
      else if (piece !== "") unknown.push(piece);
    }
    if (unknown.length === 0) return tokens;
    const said = await this.#tokenizer.tokenize(
      unknown.flatMap((piece) => [between, piece]),
      signal,
    );
    const parts = split(said);
    if (parts.length !== unknown.length) throw this.#tokenizer.strange();
    for (const [index, piece] of unknown.entries()) {
      const part = parts[index] ?? [];
      tokens.set(piece, part);
      this.#known.set(alone(piece), part);
    }
    return tokens;
  }

  async #findCut(signal: AbortSignal): Promise<RegExp | "nowhere"> {
    const whole = await this.#tokenizer.tokenize([probe], signal);
    for (const cut of cuts) {
      const pieces = await this.#tokenizer.tokenize(probe.split(cut), signal);
      if (pieces.length === whole.length && pieces.every((token, at) => token === whole[at])) return cut;
    }
    return "nowhere";
  }
}

/** What follows each `between`. */
function split(tokens: readonly number[]): readonly (readonly number[])[] {
  const parts: number[][] = [];
  for (const token of tokens) {
    if (token === between) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/** A part of a text holds on to the whole of it. */
function alone(piece: string): string {
  return Buffer.from(piece, "utf16le").toString("utf16le");
}
