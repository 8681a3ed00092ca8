/** Counts tokens by the server's own tokenizer where it has a way to ask it (vLLM, SGLang, llama.cpp). */

import * as v from "valibot";
import { neutralText } from "../../model/neutral-text.ts";
import type { HttpClient } from "../http/http-client.ts";
import { StatusError } from "../http/http-errors.ts";

export interface TokenCounterOptions {
  readonly client: HttpClient;
  readonly model: string;
  readonly tokens: readonly string[];
}

const quickMs = 10_000;
const answerSchema = v.object({ tokens: v.array(v.unknown()) });

export class TokenCounter {
  readonly #options: TokenCounterOptions;
  #asks = true;

  constructor(options: TokenCounterOptions) {
    this.#options = options;
  }

  /**
   * Tokens of `text` as it would be sent. Where the server has no `/tokenize` it is the number of its UTF-8
   * bytes: about three times too many for code, and never too few, since no token stands for less than a byte.
   */
  async count(text: string, signal: AbortSignal): Promise<number> {
    const neutral = neutralText(text, this.#options.tokens);
    if (this.#asks) {
      const asked = await this.#ask({ text: neutral, plain: text }, signal);
      if (asked !== undefined) return asked;
    }
    return Buffer.byteLength(neutral, "utf8");
  }

  /** Whether each of these is one token of the model's; undefined where the server cannot be asked. */
  async hasControls(controls: readonly string[], signal: AbortSignal): Promise<boolean | undefined> {
    const counts = await Promise.all(controls.map((token) => this.#ask({ text: token }, signal)));
    return counts.includes(undefined) ? undefined : counts.every((count) => count === 1);
  }

  /** `plain`: what to count where control tokens in it can be left unread. */
  async #ask(
    { text, plain }: { readonly text: string; readonly plain?: string },
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const { client, model } = this.#options;
    const forLlamaCpp = { content: plain ?? text, add_special: false, parse_special: plain === undefined };
    const body = { model, prompt: text, add_special_tokens: false, ...forLlamaCpp };
    const request = {
      method: "POST",
      path: "tokenize",
      body,
      schema: answerSchema,
      limitMs: quickMs,
    } as const;
    try {
      return (await client.json(request, signal)).tokens.length;
    } catch (error) {
      if (!(error instanceof StatusError) || error.code === "queue-full") throw error;
      this.#asks = false;
      return undefined;
    }
  }
}
