/**
 * The one incremental parser that separates a model's reasoning from its answer, on every route.
 *
 * Invariant: however the stream is cut into chunks, the parts joined are the same, and no text between
 * an opening and a closing tag is ever a `text-delta`.
 */

import type { StreamPart } from "./model-runtime.ts";

const openTag = "<think>";
const closeTag = "</think>";

type Delta = Extract<StreamPart, { readonly text: string }>;

export interface ReasoningOptions {
  /** The prompt already holds the opening tag: the stream begins inside the reasoning, tag or no tag. */
  readonly opened: boolean;
}

type State = "start" | "reasoning" | "answer";

type Parts = Delta[];

/**
 * Tags count where a reasoning model writes them: an opening tag only before any answer text, a closing
 * tag only inside the reasoning. A tag inside the answer (say, in a code block about tags) is text.
 * A closing tag without an opening one (the template held it) ends reasoning that began with the stream
 * when `opened` says so. A second closing tag right after the first is dropped.
 */
export class ReasoningParser {
  readonly #opened: boolean;
  #state: State = "start";
  /** Text that may still turn out to be part of a tag, or white space before the answer. */
  #held = "";
  #answered = false;

  constructor(options: ReasoningOptions) {
    this.#opened = options.opened;
  }

  /** The parts that `chunk` settles; what could still be a tag is held back. */
  push(chunk: string): readonly Delta[] {
    this.#held += chunk;
    const parts: Parts = [];
    while (this.#step(parts));
    return parts;
  }

  /** What was held back, at the end of the stream. Reasoning that was never closed stays reasoning. */
  end(): readonly Delta[] {
    const rest = this.#held;
    this.#held = "";
    if (rest === "") return [];
    if (this.#state === "reasoning" || (this.#opened && this.#state === "start"))
      return [{ kind: "reasoning-delta", text: rest }];
    return rest.trim() === "" && !this.#answered ? [] : [{ kind: "text-delta", text: rest }];
  }

  #step(parts: Parts): boolean {
    switch (this.#state) {
      case "start":
        return this.#findOpening();
      case "reasoning":
        return this.#findClosing(parts);
      case "answer":
        return this.#passAnswer(parts);
    }
  }

  #findOpening(): boolean {
    const text = this.#held.trimStart();
    if (text.startsWith(openTag)) {
      this.#held = text.slice(openTag.length);
      this.#state = "reasoning";
      return true;
    }
    if (openTag.startsWith(text)) return false;
    this.#state = this.#opened ? "reasoning" : "answer";
    return true;
  }

  #findClosing(parts: Parts): boolean {
    const at = this.#held.indexOf(closeTag);
    const settled = at < 0 ? this.#held.length - partialTagLength(this.#held, closeTag) : at;
    if (settled > 0) parts.push({ kind: "reasoning-delta", text: this.#held.slice(0, settled) });
    this.#held = this.#held.slice(at < 0 ? settled : at + closeTag.length);
    if (at < 0) return false;
    this.#state = "answer";
    return true;
  }

  /** White space and stray closing tags before the answer are dropped; then everything is answer. */
  #passAnswer(parts: Parts): boolean {
    if (!this.#answered) {
      const text = this.#held.trimStart();
      if (text.startsWith(closeTag)) {
        this.#held = text.slice(closeTag.length);
        return true;
      }
      if (closeTag.startsWith(text)) return false;
      this.#held = text;
      this.#answered = true;
    }
    if (this.#held !== "") parts.push({ kind: "text-delta", text: this.#held });
    this.#held = "";
    return false;
  }
}

/** How many characters at the end of `text` could be the beginning of `tag`. */
function partialTagLength(text: string, tag: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(tag.slice(0, length))) return length;
  }
  return 0;
}
