/**
 * What a model of Ollama's gets to read: prompts in its own form, as one string in which no text spells a control
 * token.
 */

import type { FimFamily, FimParts } from "../../model/fim.ts";
import type { ChatMessage, ChatRequest } from "../../model/model-runtime.ts";
import { neutralPrompt, neutralText } from "../../model/neutral-text.ts";
import { type PromptPiece, promptToString } from "../../model/prompt.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import type { ModelOptions, OllamaApi } from "./ollama-api.ts";
import { opensThought } from "./reasoned-answer.ts";
import type { Vocabulary } from "./vocabulary.ts";

export interface OllamaPromptsOptions {
  readonly api: OllamaApi;
  readonly model: ModelOptions;
  readonly vocabulary: Vocabulary;
  /** Whether Ollama can tell it to think, or not to. */
  readonly thinks: boolean;
  readonly reasons: boolean;
  /** Whether its answers can be read without Ollama's own parsers. */
  readonly rendered: boolean;
}

export class OllamaPrompts {
  readonly #options: OllamaPromptsOptions;

  constructor(options: OllamaPromptsOptions) {
    this.#options = options;
  }

  ofPieces(pieces: readonly PromptPiece[]): string {
    const { vocabulary } = this.#options;
    const missing = pieces.find((piece) => piece.kind === "control" && !vocabulary.has(piece.token));
    if (missing?.kind === "control") {
      throw new RuntimeError("capability-missing", "The model has no token {0}.", {
        values: [missing.token],
      });
    }
    const prompt = neutralPrompt(pieces, this.#spelledIn(promptToString(pieces)));
    this.checkLength(prompt);
    return prompt;
  }

  /** The prompt that the model's template makes of the conversation; undefined where only Ollama can know. */
  async ofChat({ messages, thinkingTokens }: ChatRequest, signal: AbortSignal): Promise<string | undefined> {
    const { api, model, thinks, reasons, rendered } = this.#options;
    if (!rendered) return undefined;
    const plain = messages.map((message) => ({
      role: message.role,
      content: this.neutral(answerOf(message)),
    }));
    const think = thinks ? { think: thinkingTokens !== 0 } : {};
    const prompt = await api.render({ ...model, messages: plain, ...think }, signal);
    if (prompt === undefined || thinks || !reasons || thinkingTokens !== 0) return prompt;
    return `${prompt}${opensThought(prompt) ? "" : "<think>\n"}\n</think>\n\n`;
  }

  neutral(text: string): string {
    return neutralText(text, this.#spelledIn(text));
  }

  /** What is only estimated is never refused here: Ollama does where it is too long after all. */
  checkLength(prompt: string): void {
    const { vocabulary, model } = this.#options;
    const tokens = vocabulary.promptTokens(prompt);
    const most = model.options.num_ctx;
    if (!vocabulary.exact || tokens < most) return;
    throw new RuntimeError("context-overflow", "The prompt has {0} tokens, the model's context holds {1}.", {
      values: [tokens, most],
    });
  }

  /** Of the thousands of control tokens that some models have, the few that stand in this text. */
  #spelledIn(text: string): readonly string[] {
    const { controls } = this.#options.vocabulary;
    return controls ? [...new Set(text.match(controls))] : [];
  }
}

/** The texts of a prompt that `renderFim` made. */
export function partsOf(pieces: readonly PromptPiece[], family: FimFamily): FimParts {
  const after = (token: string) => {
    const next = pieces[pieces.findIndex((piece) => piece.kind === "control" && piece.token === token) + 1];
    return next?.kind === "text" ? next.text : "";
  };
  return { prefix: after(family.prefix), suffix: after(family.suffix) };
}

/** Earlier thoughts are not repeated to the model. */
function answerOf({ role, text }: ChatMessage): string {
  const end = role === "assistant" ? text.lastIndexOf("</think>") : -1;
  return end < 0 ? text : text.slice(end + "</think>".length).trimStart();
}
