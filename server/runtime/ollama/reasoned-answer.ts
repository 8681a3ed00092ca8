/**
 * An answer to a chat whose prompt we know, with reasoning and answer told apart, in as many runs as it takes. When
 * the reasoning exceeds its tokens it is closed in the model's name, and the model goes on from there.
 */

import { noUsage, type StopReason, type StreamPart, type Usage } from "../../model/model-runtime.ts";
import { ReasoningParser } from "../../model/reasoning.ts";
import { RuntimeError } from "../../model/runtime-error.ts";

export interface AnswerPorts {
  /** Continues a prompt. */
  generate(prompt: string, maxTokens: number, signal: AbortSignal): AsyncIterable<StreamPart>;
  /** How many tokens a prompt has, for an answer that was cut before it was counted. */
  promptTokens(prompt: string): number;
}

export interface ReasonedRequest {
  /** As the model's template renders the conversation. */
  readonly prompt: string;
  readonly maxTokens: number;
  /** Infinity for no limit. */
  readonly thinkingTokens: number;
}

const closing = "\n</think>\n\n";

export class ReasonedAnswer {
  readonly #ports: AnswerPorts;
  readonly #request: ReasonedRequest;
  #parser: ReasoningParser;
  /** What stands behind the prompt now: all that came, and where the thought was closed for the model. */
  #written = "";
  #thoughtIsCut = false;
  #reasoning = 0;
  #generated = 0;

  constructor(ports: AnswerPorts, request: ReasonedRequest) {
    this.#ports = ports;
    this.#request = request;
    this.#parser = new ReasoningParser({ opened: opensThought(request.prompt) });
  }

  /** Ends with one `stream-end`; when it was `signal` that ended it, the next run goes on from there. */
  async *run(signal: AbortSignal): AsyncGenerator<StreamPart, void> {
    for (;;) {
      const before = this.#generated;
      const left = this.#request.maxTokens - before;
      const end = left <= 0 && before > 0 ? full : yield* this.#fitting(left, signal);
      if (end) {
        if (end.reason !== "aborted") {
          this.#generated = before + end.usage.generated;
          yield* this.#parser.end();
        }
        return yield this.#end(end.reason, before === 0 ? end.usage : noUsage);
      }
      this.#thoughtIsCut = true;
      this.#written += closing;
      this.#parser = new ReasoningParser({ opened: false });
    }
  }

  /** What has filled the context comes to its end there, also where it was paused just then. */
  async *#fitting(maxTokens: number, signal: AbortSignal): AsyncGenerator<StreamPart, End | undefined> {
    const goesOn = this.#written !== "";
    try {
      return yield* this.#turn(maxTokens, signal);
    } catch (error) {
      if (goesOn && error instanceof RuntimeError && error.code === "context-overflow") return full;
      throw error;
    }
  }

  /** Undefined where the thought was cut. */
  async *#turn(maxTokens: number, signal: AbortSignal): AsyncGenerator<StreamPart, End | undefined> {
    const cut = new AbortController();
    const prompt = this.#request.prompt + this.#written;
    for await (const part of this.#ports.generate(prompt, maxTokens, AbortSignal.any([signal, cut.signal]))) {
      if (part.kind === "stream-end") return cut.signal.aborted && !signal.aborted ? undefined : part;
      if (part.kind !== "text-delta" || cut.signal.aborted) continue;
      const deltas = this.#take(part.text);
      yield* deltas;
      // Not one that has just ended by itself.
      const thinks = deltas.at(-1)?.kind === "reasoning-delta" && !this.#written.includes("</think>");
      if (thinks && this.#reasoning >= this.#request.thinkingTokens) cut.abort();
    }
    return { kind: "stream-end", reason: "aborted", usage: noUsage };
  }

  #take(text: string): ReturnType<ReasoningParser["push"]> {
    this.#written += text;
    this.#generated++;
    const deltas = this.#parser.push(text);
    if (!this.#thoughtIsCut && deltas.some(({ kind }) => kind === "reasoning-delta")) this.#reasoning++;
    return deltas;
  }

  /** `whole` counts the prompt where it went in one request. */
  #end(reason: StopReason, whole: Usage): End {
    const { prompt } = this.#request;
    const count = { reasoning: this.#reasoning, generated: this.#generated };
    const tokens =
      whole.prompt > 0 || this.#generated === 0 ? whole.prompt : this.#ports.promptTokens(prompt);
    return { kind: "stream-end", reason, usage: { prompt: tokens, cached: whole.cached, ...count } };
  }
}

type End = StreamPart & { readonly kind: "stream-end" };

const full: End = { kind: "stream-end", reason: "length", usage: noUsage };

/** Whether the prompt ends within a thought: R1's template begins it. */
export function opensThought(prompt: string): boolean {
  return prompt.trimEnd().endsWith("<think>");
}
