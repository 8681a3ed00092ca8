/** Prompts and conversations as the tokens of a llama-server's model; nothing a text says becomes a control token. */

import * as v from "valibot";
import type { ChatMessage, ChatRequest } from "../../model/model-runtime.ts";
import type { PromptPiece } from "../../model/prompt.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import type { HttpClient } from "../http/http-client.ts";
import { StatusError, strangerError } from "../http/http-errors.ts";
import { TextTokens } from "./text-tokens.ts";

export interface ChatTokens {
  readonly tokens: readonly number[];
  /** What the prompt has already written of the answer: `<think>` and a newline. */
  readonly opening: string;
}

const quickMs = 10_000;
/** Thousands of numbers: looked at one by one by the schema they would take longer than to be computed. */
const tokensSchema = v.object({
  tokens: v.custom<readonly number[]>((said) => Array.isArray(said) && said.every(Number.isInteger)),
});
const promptSchema = v.object({ prompt: v.string() });

/** What the server tokenises as it stands among texts: a number is a token already. */
type Mixed = readonly (string | number)[];
type Reading = "controls" | "plain";

export class PromptTokens {
  readonly #client: HttpClient;
  readonly #controls = new Map<string, number>();
  readonly #texts: TextTokens;

  constructor(client: HttpClient) {
    this.#client = client;
    this.#texts = new TextTokens({
      tokenize: (content, signal) => this.#tokenize(content, "plain", signal),
      strange: () => strangerError(client.name, client.url),
    });
  }

  async count(text: string, signal: AbortSignal): Promise<number> {
    const [tokens] = await this.#texts.of([text], signal);
    return tokens?.length ?? 0;
  }

  async ofPrompt(prompt: readonly PromptPiece[], signal: AbortSignal): Promise<readonly number[]> {
    const texts = prompt.map((piece) => (piece.kind === "text" ? piece.text : ""));
    const [known, controls] = await Promise.all([
      this.#texts.of(texts, signal),
      Promise.all(prompt.map((piece) => this.#controlOf(piece, signal))),
    ]);
    return prompt.flatMap((_, at) => [...(controls[at] ?? []), ...(known[at] ?? [])]);
  }

  /** Whether each of these is one token of the model's. */
  async hasControls(tokens: readonly string[], signal: AbortSignal): Promise<boolean> {
    const found = await Promise.all(tokens.map((token) => this.#tokenize([token], "controls", signal)));
    return found.every(({ length }) => length === 1);
  }

  /** Rendered by the model's own template, which the server applies. */
  async ofChat(request: ChatRequest, signal: AbortSignal): Promise<ChatTokens> {
    const messages = request.messages.map((message) => ({ ...message, text: answerOf(message) }));
    const texts = messages.map(({ text }) => text);
    const [plain, controls, rendered] = await Promise.all([
      this.#tokenize(texts, "plain", signal),
      this.#tokenize(texts, "controls", signal),
      this.#render(messages, request, signal),
    ]);
    const spelt = plain.length !== controls.length || plain.some((id, at) => id !== controls[at]);
    if (!spelt) {
      const { text, opening } = withThinking(rendered, request.thinkingTokens);
      return { tokens: await this.#tokenize([text], "controls", signal, "begins"), opening };
    }
    const marks = texts.map((_, index) => `\u2063${index}\u2063`);
    const marked = messages.map((message, index) => ({ ...message, text: marks[index] ?? "" }));
    const { text, opening } = withThinking(
      await this.#render(marked, request, signal),
      request.thinkingTokens,
    );
    return { tokens: await this.#between(text, { marks, texts }, signal), opening };
  }

  /** What stands round the marks is the template's and read with its control tokens, the texts are not. */
  async #between(
    rendered: string,
    { marks, texts }: { readonly marks: readonly string[]; readonly texts: readonly string[] },
    signal: AbortSignal,
  ): Promise<readonly number[]> {
    const parts = rendered.split(/(\u2063\d+\u2063)/);
    const tokens = await Promise.all(
      parts.map((part, index) => {
        const message = marks.indexOf(part);
        if (message >= 0) return this.#tokenize([texts[message] ?? ""], "plain", signal);
        return this.#tokenize([part], "controls", signal, index === 0 ? "begins" : "goes on");
      }),
    );
    return tokens.flat();
  }

  async #render(
    messages: readonly ChatMessage[],
    { thinkingTokens }: ChatRequest,
    signal: AbortSignal,
  ): Promise<string> {
    const body = {
      messages: messages.map(({ role, text: content }) => ({ role, content })),
      add_generation_prompt: true,
      ...(thinkingTokens === 0 ? { chat_template_kwargs: { enable_thinking: false } } : {}),
    };
    const request = { method: "POST", path: "apply-template", body, schema: promptSchema } as const;
    try {
      return (await this.#client.json({ ...request, limitMs: quickMs }, signal)).prompt;
    } catch (error) {
      if (!(error instanceof StatusError) || error.status !== 404) throw error;
      throw new RuntimeError("runtime-outdated", "{0} is older than Hearth needs: it knows no {1}.", {
        values: [this.#client.name, request.path],
        cause: error,
      });
    }
  }

  async #controlOf(piece: PromptPiece, signal: AbortSignal): Promise<readonly number[]> {
    return piece.kind === "control" ? [await this.#control(piece.token, signal)] : [];
  }

  async #control(token: string, signal: AbortSignal): Promise<number> {
    const known = this.#controls.get(token);
    if (known !== undefined) return known;
    const [id, ...more] = await this.#tokenize([token], "controls", signal);
    if (id === undefined || more.length > 0)
      throw new RuntimeError("capability-missing", "The model has no token {0}.", { values: [token] });
    this.#controls.set(token, id);
    return id;
  }

  /** A prompt that begins here gets the token that the model's own begin with, where it has one. */
  async #tokenize(
    content: Mixed,
    reading: Reading,
    signal: AbortSignal,
    place: "begins" | "goes on" = "goes on",
  ): Promise<readonly number[]> {
    const said = content.filter((part) => part !== "");
    if (said.length === 0) return [];
    const body = {
      content: said,
      add_special: place === "begins",
      parse_special: reading === "controls",
    };
    const request = { method: "POST", path: "tokenize", body, schema: tokensSchema } as const;
    return (await this.#client.json({ ...request, limitMs: quickMs }, signal)).tokens;
  }
}

/** Earlier thoughts are not repeated to the model, as its own template leaves them out. */
function answerOf({ role, text }: ChatMessage): string {
  const end = role === "assistant" ? text.lastIndexOf("</think>") : -1;
  return end < 0 ? text : text.slice(end + "</think>".length).trimStart();
}

/** A template that opens the thought is answered by closing it where none is wanted. */
function withThinking(
  rendered: string,
  thinkingTokens: number | undefined,
): { readonly text: string; readonly opening: string } {
  const opening = /<think>\s*$/.exec(rendered)?.[0];
  if (opening === undefined) return { text: rendered, opening: "" };
  if (thinkingTokens !== 0) return { text: rendered, opening };
  return { text: `${rendered.trimEnd()}\n\n</think>\n\n`, opening: "" };
}
