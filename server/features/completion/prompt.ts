/** The prompt of a completion: the window round the cursor in the form of the model's family. */

import { type CountTokens, cutWindow, type Window, type WindowBudget } from "../../context/window.ts";
import { type FimFamily, renderFim } from "../../model/fim.ts";
import type { PromptPiece } from "../../model/prompt.ts";
import type { Snapshot } from "../../text/snapshot.ts";
import type { ContextPart } from "./completion-outcome.ts";

export interface PromptRequest {
  readonly snapshot: Snapshot;
  readonly offset: number;
  readonly family: FimFamily;
  readonly contextTokens: number;
  readonly maxTokens: number;
  readonly count: CountTokens;
  /** As the report names the file. */
  readonly path: string;
}

export interface CompletionPrompt {
  readonly pieces: readonly PromptPiece[];
  readonly window: Window;
  readonly budget: WindowBudget;
  readonly context: readonly ContextPart[];
}

export async function completionPrompt(request: PromptRequest): Promise<CompletionPrompt> {
  const budget = windowBudget(request);
  const window = await cutWindow(request.snapshot, request.offset, budget, request.count);
  const pieces = renderFim(request.family, { ...window, path: request.path });
  return { pieces, window, budget, context: contextParts(request, window) };
}

/** DESIGN, "Long files": a window of 2,048 tokens; more costs prefill and seldom changes the answer. */
const windowTokens = 2048;
/**
 * Behind the prefix the suffix is computed again at every key, so it is short there; before it, it stays
 * in the KV cache.
 */
const suffixTokens = { prefix: 96, suffix: 512 } as const;
/** Room for control tokens. */
const reserveTokens = 16;

export function windowBudget(
  request: Pick<PromptRequest, "family" | "contextTokens" | "maxTokens">,
): WindowBudget {
  const room = Math.max(0, request.contextTokens - request.maxTokens - reserveTokens);
  const whole = Math.min(windowTokens, room);
  const suffix = Math.min(suffixTokens[request.family.first], whole >> 2);
  return { prefixTokens: whole - suffix, suffixTokens: suffix };
}

function contextParts(request: PromptRequest, window: Window): readonly ContextPart[] {
  const line = request.snapshot.positionAt(request.offset).line;
  const parts: readonly ContextPart[] = [
    {
      source: "prefix",
      path: request.path,
      startLine: window.startLine,
      endLine: line,
      tokens: window.prefixTokens,
    },
    {
      source: "suffix",
      path: request.path,
      startLine: line,
      endLine: window.endLine,
      tokens: window.suffixTokens,
    },
  ];
  return parts.filter((part) => part.tokens > 0);
}
