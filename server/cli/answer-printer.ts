/** Prints an answer as it comes: its words on standard output, all else on standard error, thoughts on a terminal only. */

import type { Localizer } from "../base/l10n.ts";
import type { AnswerPart, DroppedPlace } from "../features/chat/answer-question.ts";
import type { CliContext } from "./cli-context.ts";
import { type Paint, paintFor } from "./paint.ts";
import { safeText, visibleText } from "./visible-text.ts";

export class AnswerPrinter {
  readonly #out: NodeJS.WritableStream;
  readonly #notes: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly #localizer: Localizer;
  readonly #paint: Paint;
  #thinkingSince: number | undefined;
  #lineOpen = false;

  constructor({ process, localizer }: CliContext) {
    this.#out = process.stdout;
    this.#notes = process.stderr;
    this.#localizer = localizer;
    this.#paint = paintFor(process.stderr);
  }

  print(part: AnswerPart): void {
    const { t } = this.#localizer;
    switch (part.kind) {
      case "sources": {
        const places = part.items.map(({ path, startLine, endLine }) => `${path}:${startLine}-${endLine}`);
        return places.length === 0 ? undefined : this.#note(t("Shown to the model: {0}", places.join(", ")));
      }
      case "reasoning-delta":
        this.#thinkingSince ??= performance.now();
        if (this.#notes.isTTY === true) this.#notes.write(this.#paint.dim(visibleText(part.text)));
        return;
      case "text-delta":
        this.#endThought();
        this.#out.write(safeText(part.text));
        this.#lineOpen = true;
        return;
      case "answer-restart":
        this.#endThought();
        return this.#note(t("The answer went round in circles. It is written again."));
      case "stream-end":
        this.#endThought();
        if (part.reason === "length") this.#note(t("The answer was cut: it has as many tokens as it may."));
        for (const place of part.dropped) this.#note(this.#droppedText(place));
    }
  }

  /** The line that is open is ended, whatever came. */
  end(): void {
    if (this.#lineOpen) this.#out.write("\n");
    this.#lineOpen = false;
  }

  #endThought(): void {
    if (this.#thinkingSince === undefined) return;
    const seconds = Math.max(1, Math.round((performance.now() - this.#thinkingSince) / 1000));
    this.#thinkingSince = undefined;
    if (this.#notes.isTTY === true) this.#notes.write("\n");
    this.#note(this.#localizer.t("Thought for {0} s.", seconds));
  }

  #note(text: string): void {
    this.end();
    this.#notes.write(`${this.#paint.dim(visibleText(text))}\n`);
  }

  #droppedText({ path, startLine, endLine }: DroppedPlace): string {
    return this.#localizer.t("There was no room for {0}, lines {1} to {2}.", path, startLine, endLine);
  }
}
