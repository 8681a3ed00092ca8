/** Turns tokens into text as they come, never cutting a character whose bytes are spread over several tokens. */

import type { LlamaModel, Token } from "node-llama-cpp";

/** An unfinished character decodes to three replacement characters at most; more are bytes that are no text. */
const garbage = /\uFFFD{4,}$/;
const unfinished = /\uFFFD+$/;
const context = 8;

export class TokenText {
  readonly #model: Pick<LlamaModel, "detokenize">;
  #last: readonly Token[];
  /** Tokens of which the end is not shown yet, and how much of their text is. */
  #pending: Token[] = [];
  #shown = 0;

  constructor(model: Pick<LlamaModel, "detokenize">, prompt: readonly Token[]) {
    this.#model = model;
    this.#last = prompt.slice(-context);
  }

  push(token: Token): string {
    this.#pending.push(token);
    const text = this.#model.detokenize(this.#pending, false, this.#last);
    if (!text.endsWith("\uFFFD") || garbage.test(text)) return this.#finish(text);
    return this.#show(text.replace(unfinished, ""));
  }

  /** What is left at the end; an unfinished character is dropped. */
  flush(): string {
    return this.#finish(this.#model.detokenize(this.#pending, false, this.#last).replace(unfinished, ""));
  }

  #show(text: string): string {
    const rest = text.slice(this.#shown);
    this.#shown = Math.max(this.#shown, text.length);
    return rest;
  }

  #finish(text: string): string {
    const rest = this.#show(text);
    this.#last = [...this.#last, ...this.#pending].slice(-context);
    this.#pending = [];
    this.#shown = 0;
    return rest;
  }
}
