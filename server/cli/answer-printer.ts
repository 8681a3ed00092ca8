/** Prints an answer as it comes: its words on standard output, all else on standard error, thoughts on a terminal or where they are wanted. */

import type { Localizer } from "../base/l10n.ts";
import { type AnswerPart, type DroppedPlace, mostTokens } from "../features/chat/answer-question.ts";
import type { ModelInfo } from "../model/model-info.ts";
import type { Usage } from "../model/model-runtime.ts";
import type { CliContext } from "./cli-context.ts";
import { type Paint, paintFor } from "./paint.ts";
import { milliseconds } from "./show-completion.ts";
import { safeText, visibleText } from "./visible-text.ts";

export interface AnswerLook {
  /** Who answers. */
  readonly info: ModelInfo;
  /** Whether thoughts are printed that no terminal shows. */
  readonly thoughts: "always" | "on a terminal";
}

export class AnswerPrinter {
  readonly #out: NodeJS.WritableStream;
  readonly #notes: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly #localizer: Localizer;
  readonly #paint: Paint;
  readonly #info: ModelInfo;
  readonly #showsThoughts: boolean;
  readonly #started = performance.now();
  #firstAfter: number | undefined;
  #answered = false;
  #thinkingSince: number | undefined;
  #lineOpen = false;

  constructor({ process, localizer }: CliContext, { info, thoughts }: AnswerLook) {
    this.#out = process.stdout;
    this.#notes = process.stderr;
    this.#localizer = localizer;
    this.#paint = paintFor(process.stderr);
    this.#info = info;
    this.#showsThoughts = thoughts === "always" || this.#notes.isTTY === true;
  }

  print(part: AnswerPart): void {
    const { t } = this.#localizer;
    switch (part.kind) {
      case "sources": {
        const places = part.items.map(({ path, startLine, endLine }) => `${path}:${startLine}-${endLine}`);
        return places.length === 0 ? undefined : this.#note(t("Shown to the model: {0}", places.join(", ")));
      }
      case "reasoning-delta":
        this.#began();
        this.#thinkingSince ??= performance.now();
        if (this.#showsThoughts) this.#notes.write(this.#paint.dim(visibleText(part.text)));
        return;
      case "text-delta":
        this.#began();
        this.#endThought();
        this.#answered ||= part.text.trim() !== "";
        this.#out.write(safeText(part.text));
        this.#lineOpen = true;
        return;
      case "answer-restart":
        this.#endThought();
        return this.#note(t("The answer went round in circles. It is written again."));
      case "stream-end":
        this.#endThought();
        if (part.reason === "length" && this.#answered) this.#note(this.#cutText());
        for (const place of part.dropped) this.#note(this.#droppedText(place));
        this.#note(this.#costText(part.usage));
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
    if (this.#showsThoughts) this.#notes.write("\n");
    this.#note(this.#localizer.t("Thought for {0} s.", seconds));
  }

  #began(): void {
    this.#firstAfter ??= performance.now() - this.#started;
  }

  #cutText(): string {
    return this.#localizer.t(
      "The answer was cut: thoughts and words may have {0} tokens, at most half of the model's context of {1}. Less thought (--thinking) or a larger context leaves more.",
      mostTokens(this.#info),
      this.#info.contextTokens,
    );
  }

  /** Who answered, and how fast: from the first token on, as reading the question takes its own time. */
  #costText({ generated }: Usage): string {
    const { t } = this.#localizer;
    const total = performance.now() - this.#started;
    const first = this.#firstAfter ?? total;
    const parts = [`${this.#info.runtime}/${this.#info.name}`];
    parts.push(
      generated === 1
        ? t("one token, after {0}", milliseconds(first))
        : t("{0} tokens, first after {1}", generated, milliseconds(first)),
    );
    const seconds = (total - first) / 1000;
    if (generated > 1 && seconds > 0) parts.push(t("{0} tokens a second", rate((generated - 1) / seconds)));
    return parts.join(" · ");
  }

  #note(text: string): void {
    this.end();
    this.#notes.write(`${this.#paint.dim(visibleText(text))}\n`);
  }

  #droppedText({ path, startLine, endLine }: DroppedPlace): string {
    return this.#localizer.t("There was no room for {0}, lines {1} to {2}.", path, startLine, endLine);
  }
}

function rate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond).toString();
}
