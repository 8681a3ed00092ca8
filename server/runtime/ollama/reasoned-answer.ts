/**
 * An answer to a chat whose prompt we know, with reasoning and answer told apart. When the reasoning exceeds its
 * tokens it is closed in the model's name, and the model goes on from there.
 */

import type { StreamPart, Usage } from "../../model/model-runtime.ts";
import { ReasoningParser } from "../../model/reasoning.ts";

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

export async function* reasonedAnswer(
  ports: AnswerPorts,
  request: ReasonedRequest,
  signal: AbortSignal,
): AsyncGenerator<StreamPart, void> {
  const { prompt, maxTokens, thinkingTokens } = request;
  const parser = new ReasoningParser({ opened: opensThought(prompt) });
  const cut = new AbortController();
  let written = "";
  const count = { reasoning: 0, generated: 0 };
  for await (const part of ports.generate(prompt, maxTokens, AbortSignal.any([signal, cut.signal]))) {
    if (part.kind === "stream-end") {
      if (cut.signal.aborted && !signal.aborted) break;
      yield* parser.end();
      return yield { ...part, usage: { ...part.usage, reasoning: count.reasoning } };
    }
    if (part.kind !== "text-delta" || cut.signal.aborted) continue;
    written += part.text;
    count.generated++;
    const deltas = parser.push(part.text);
    if (deltas.some(({ kind }) => kind === "reasoning-delta")) count.reasoning++;
    yield* deltas;
    // Not one that has just ended by itself.
    const thinks = deltas.at(-1)?.kind === "reasoning-delta" && !written.includes("</think>");
    if (thinks && count.reasoning >= thinkingTokens) cut.abort();
  }
  const usage = { prompt: ports.promptTokens(prompt), cached: 0, ...count };
  const rest = { prompt: `${prompt}${written}${closing}`, maxTokens: maxTokens - count.generated, usage };
  yield* answerAfterThought(ports, rest, signal);
}

interface Rest {
  readonly prompt: string;
  readonly maxTokens: number;
  /** So far. */
  readonly usage: Usage;
}

async function* answerAfterThought(
  ports: AnswerPorts,
  { prompt, maxTokens, usage }: Rest,
  signal: AbortSignal,
): AsyncGenerator<StreamPart, void> {
  if (maxTokens <= 0) return yield { kind: "stream-end", reason: "length", usage };
  const parser = new ReasoningParser({ opened: false });
  for await (const part of ports.generate(prompt, maxTokens, signal)) {
    if (part.kind === "text-delta") yield* parser.push(part.text);
    if (part.kind !== "stream-end") continue;
    yield* parser.end();
    yield { ...part, usage: { ...usage, generated: usage.generated + part.usage.generated } };
  }
}

/** Whether the prompt ends within a thought: R1's template begins it. */
export function opensThought(prompt: string): boolean {
  return prompt.trimEnd().endsWith("<think>");
}
