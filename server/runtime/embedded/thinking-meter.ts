/** Counts the tokens of an answer that lie between `<think>` and `</think>`, also when a tag spans tokens. */

const longestTag = "</think>".length;

export class ThinkingMeter {
  #tail: string;
  #open: boolean;
  #tokens = 0;

  /** `opening` is what the prompt has written of the answer already. */
  constructor(opening: string) {
    this.#tail = opening.slice(-longestTag);
    this.#open = opening.includes("<think>");
  }

  get tokens(): number {
    return this.#tokens;
  }

  /** Takes the text of one token; returns the tokens of the thought so far, 0 outside of one. */
  count(text: string): number {
    if (this.#open) this.#tokens++;
    const seen = this.#tail + text;
    const opened = seen.lastIndexOf("<think>");
    const closed = seen.lastIndexOf("</think>");
    if (opened !== closed) this.#open = opened > closed;
    this.#tail = seen.slice(-longestTag);
    return this.#open ? this.#tokens : 0;
  }
}
