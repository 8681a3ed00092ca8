/**
 * The reasoning of a chat in parts of its own, for servers that write it into the text with `<think>`.
 *
 * A template may hold the opening tag, so that the text begins inside the reasoning and only its end is marked.
 * Of a model that is known to reason that is assumed, until a server has shown that it tells the two apart
 * itself; text that then ends without a closing tag was the answer, and is given as that.
 */

import type { StreamPart } from "../../model/model-runtime.ts";
import { ReasoningParser } from "../../model/reasoning.ts";

export class ReasoningSplitter {
  readonly #reasons: boolean;
  /** The server has sent reasoning as reasoning: what it sends as text is text. */
  #tellsApart = false;

  constructor({ reasons }: { readonly reasons: boolean }) {
    this.#reasons = reasons;
  }

  async *split(parts: AsyncIterable<StreamPart>): AsyncGenerator<StreamPart, void> {
    const opened = this.#reasons && !this.#tellsApart;
    const text = new SplitText({ opened });
    for await (const part of parts) {
      if (part.kind === "text-delta") yield* text.push(part.text);
      else if (part.kind === "reasoning-delta") {
        this.#tellsApart = true;
        text.toldApart();
        yield part;
      } else {
        if (part.kind === "stream-end") yield* text.end({ whole: part.reason === "stop" });
        yield part;
      }
    }
  }
}

type Delta = Extract<StreamPart, { readonly text: string }>;

class SplitText {
  #parser: ReasoningParser;
  #guessed: boolean;
  #taken = "";
  #answered = false;
  /** Parts of reasoning that stood in the text: about as many tokens. */
  reasoning = 0;

  constructor({ opened }: { readonly opened: boolean }) {
    this.#parser = new ReasoningParser({ opened });
    this.#guessed = opened;
  }

  /** Nothing but white space can have come as text before. */
  toldApart(): void {
    if (!this.#guessed || this.#taken.trim() !== "") return;
    this.#parser = new ReasoningParser({ opened: false });
    this.#guessed = false;
  }

  push(text: string): readonly Delta[] {
    if (this.#guessed) this.#taken += text;
    return this.#noting(this.#parser.push(text));
  }

  end({ whole }: { readonly whole: boolean }): readonly Delta[] {
    const rest = this.#noting(this.#parser.end());
    const text = this.#taken.trim();
    const wrong =
      this.#guessed && whole && !this.#answered && text !== "" && !/^<think>|<\/think>/.test(text);
    return wrong ? [...rest, { kind: "text-delta", text: this.#taken }] : rest;
  }

  #noting(parts: readonly Delta[]): readonly Delta[] {
    this.#answered ||= parts.some(({ kind }) => kind === "text-delta");
    this.reasoning += parts.filter(({ kind }) => kind === "reasoning-delta").length;
    return parts;
  }
}
