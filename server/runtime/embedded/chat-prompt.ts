/**
 * A conversation as tokens. DeepSeek-R1's and ChatML's forms are our own, so that nothing a person or a file
 * says is read as a control token; any other model is asked through its own template.
 */

import type { ChatHistoryItem, LlamaModel, LlamaText, Token } from "node-llama-cpp";
import type { ChatMessage, ChatRequest } from "../../model/model-runtime.ts";
import { control, type PromptPiece, text } from "../../model/prompt.ts";
import { hasControl, tokenize } from "./tokens.ts";

export interface ChatPrompt {
  readonly tokens: Token[];
  /** What the prompt has already written of the answer, so that the stream is whole: `<think>` and a newline. */
  readonly opening: string;
  /** Control tokens that end the answer beside the model's own. */
  readonly stop: readonly string[];
}

/** Renders with a model's own template; made by the library, which only the composition root imports. */
export type OwnTemplate = (history: ChatHistoryItem[]) => LlamaText;

export function chatPrompt(model: LlamaModel, template: OwnTemplate, request: ChatRequest): ChatPrompt {
  if (hasControl(model, "<｜User｜>") && hasControl(model, "<｜Assistant｜>"))
    return deepseek(model, request);
  if (hasControl(model, "<|im_start|>")) return chatml(model, request);
  const tokens = template(historyOf(request.messages)).tokenize(model.tokenizer);
  return { tokens, opening: openingOf(model, tokens), stop: [] };
}

/** A model's own template may have begun the thought, as R1's does. */
function openingOf(model: LlamaModel, prompt: readonly Token[]): string {
  return /<think>\s*$/.exec(model.detokenize(prompt.slice(-4), true))?.[0] ?? "";
}

/** The form of DeepSeek-R1's tokenizer_config.json: no role of its own for the system, and a forced `<think>`. */
function deepseek(model: LlamaModel, request: ChatRequest): ChatPrompt {
  const reasons = hasControl(model, "<think>");
  const closed = request.thinkingTokens === 0;
  const pieces: PromptPiece[] = [control("<｜begin▁of▁sentence｜>")];
  for (const message of request.messages) if (message.role === "system") pieces.push(text(message.text));
  for (const message of request.messages) {
    if (message.role === "user") pieces.push(control("<｜User｜>"), text(message.text));
    if (message.role === "assistant") {
      const answer = text(answerOf(message));
      pieces.push(control("<｜Assistant｜>"), answer, control("<｜end▁of▁sentence｜>"));
    }
  }
  pieces.push(control("<｜Assistant｜>"));
  if (reasons) pieces.push(...thinkingStart(closed));
  return { tokens: tokenize(model, pieces), opening: reasons && !closed ? "<think>\n" : "", stop: [] };
}

/** https://github.com/openai/openai-python/blob/v0.28.1/chatml.md, and Qwen3's closed block for no thinking. */
function chatml(model: LlamaModel, request: ChatRequest): ChatPrompt {
  const pieces: PromptPiece[] = [];
  for (const message of request.messages) {
    const said = message.role === "assistant" ? answerOf(message) : message.text;
    pieces.push(control("<|im_start|>"), text(`${message.role}\n${said}`), control("<|im_end|>"), text("\n"));
  }
  pieces.push(control("<|im_start|>"), text("assistant\n"));
  const closed = request.thinkingTokens === 0 && hasControl(model, "<think>");
  if (closed) pieces.push(...thinkingStart(closed));
  return { tokens: tokenize(model, pieces), opening: "", stop: ["<|im_end|>"] };
}

function thinkingStart(closed: boolean): readonly PromptPiece[] {
  return closed
    ? [control("<think>"), text("\n\n"), control("</think>"), text("\n\n")]
    : [control("<think>"), text("\n")];
}

/** Earlier thoughts are not repeated to the model, as its own template leaves them out. */
function answerOf(message: ChatMessage): string {
  const end = message.text.lastIndexOf("</think>");
  return end < 0 ? message.text : message.text.slice(end + "</think>".length).trimStart();
}

function historyOf(messages: readonly ChatMessage[]): ChatHistoryItem[] {
  const history = messages.map((message): ChatHistoryItem => {
    if (message.role === "system") return { type: "system", text: message.text };
    if (message.role === "user") return { type: "user", text: message.text };
    return { type: "model", response: [answerOf(message)] };
  });
  return [...history, { type: "model", response: [] }];
}
