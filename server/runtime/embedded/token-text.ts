/** Turns tokens into text as they come, never cutting a character whose bytes are spread over several tokens. */

import type { LlamaModel, Token } from "node-llama-cpp";

/** No character needs more tokens than it has bytes; what is longer is no valid text and is let go. */
const mostPending = 8;
const context = 8;

export class TokenText {
  readonly #model: Pick<LlamaModel, "detokenize">;
  #last: Token[];
  #pending: Token[] = [];

  constructor(model: Pick<LlamaModel, "detokenize">, prompt: readonly Token[]) {
    this.#model = model;
    this.#last = prompt.slice(-context);
  }

  push(token: Token): string {
    this.#pending.push(token);
    const text = this.#model.detokenize(this.#pending, false, this.#last);
    if (text.endsWith("\uFFFD") && this.#pending.length < mostPending) return "";
    return this.#take(text);
  }

  /** What is left at the end; an unfinished character is dropped. */
  flush(): string {
    const text = this.#model.detokenize(this.#pending, false, this.#last);
    return this.#take(text.replace(/\uFFFD+$/, ""));
  }

  #take(text: string): string {
    this.#last = [...this.#last, ...this.#pending].slice(-context);
    this.#pending = [];
    return text;
  }
}
