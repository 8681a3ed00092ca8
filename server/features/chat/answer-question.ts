/** Answers one question with the reason model: what it was shown first, then its thoughts and its words. */

import type { SamplingSetting } from "../../config/sampling-kind.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import type { ModelRuntime, StreamPart } from "../../model/model-runtime.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { taskSampling } from "../../sampling/task-sampling.ts";
import { questionPrompt, type Source } from "./question-prompt.ts";

export interface Question {
  readonly text: string;
  /** What the person has put beside it, the most important first. */
  readonly sources: readonly Source[];
  /** Tokens for thinking: 0 for none, left out for as many as the model likes. */
  readonly thinkingTokens?: number;
}

export interface ReasonModel {
  readonly info: ModelInfo;
  readonly runtime: ModelRuntime;
}

type Place = Omit<Source, "text">;

export interface SourcePlace extends Place {
  readonly why: "given";
}

export interface DroppedPlace extends Place {
  readonly why: "no-room";
}

export type AnswerPart =
  | { readonly kind: "sources"; readonly items: readonly SourcePlace[] }
  | Exclude<StreamPart, { readonly kind: "stream-end" }>
  | (Extract<StreamPart, { readonly kind: "stream-end" }> & { readonly dropped: readonly DroppedPlace[] });

/** Tokens of thoughts and answer together. */
const mostAnswered = 8192;
/** What a chat template writes round one message: fewer than this in every catalogue model. */
const templateTokens = 64;

/** What a model may write of thoughts and answer together: half of a smaller context. */
export function mostTokens({ contextTokens }: Pick<ModelInfo, "contextTokens">): number {
  return Math.min(mostAnswered, Math.floor(contextTokens / 2));
}

/**
 * Throws a RuntimeError: `capability-missing` where the model does not chat, `context-overflow` where the question
 * has no room, `no-answer` where nothing came but thoughts, else what the runtime says.
 */
export async function* answerQuestion(
  question: Question,
  { info, runtime, sampling }: ReasonModel & { readonly sampling: SamplingSetting },
  signal: AbortSignal,
): AsyncGenerator<AnswerPart, void> {
  if (info.chats === false)
    throw new RuntimeError("capability-missing", "{0} has no chat template: it only goes on with a text.", {
      values: [info.name],
      mend: "Choose a model that reasons, such as a DeepSeek-R1, in roles.reason.",
    });
  const maxTokens = mostTokens(info);
  const prompt = await questionPrompt({
    question: question.text,
    sources: question.sources,
    budget: info.contextTokens - maxTokens - templateTokens,
    count: (text) => runtime.countTokens(text),
  });
  if (signal.aborted) return;
  yield { kind: "sources", items: prompt.sources.map((source) => ({ ...placeOf(source), why: "given" })) };
  const { sampling: card = {}, reasons } = info;
  const { thinkingTokens } = question;
  const request = {
    messages: [{ role: "user", text: prompt.message }],
    maxTokens,
    stop: [],
    sampling: taskSampling("technicalWriting", { setting: sampling, card, reasons }),
    priority: "chat",
    ...(thinkingTokens === undefined ? {} : { thinkingTokens }),
  } as const;
  let answer = "";
  for await (const part of runtime.chat(request, signal)) {
    if (part.kind === "stream-end") {
      yield { ...part, dropped: prompt.dropped.map((source) => ({ ...placeOf(source), why: "no-room" })) };
      if (answer.trim() === "" && part.reason !== "aborted") throw noAnswer(part, info);
    } else {
      if (part.kind === "answer-restart") answer = "";
      if (part.kind === "text-delta") answer += part.text;
      yield part;
    }
  }
}

function noAnswer(
  { reason, usage }: Extract<StreamPart, { kind: "stream-end" }>,
  info: ModelInfo,
): RuntimeError {
  const values = [info.name, usage.generated, info.contextTokens];
  if (reason === "length")
    return new RuntimeError(
      "no-answer",
      "{0} wrote {1} tokens of thoughts and came to no answer; it may use half of its context of {2} tokens.",
      {
        values,
        mend: "Ask for less thought (hearth ask --thinking off, or a number of tokens), or name a model with a larger context in roles.complete.",
      },
    );
  return usage.reasoning > 0
    ? new RuntimeError("no-answer", "{0} thought, and said nothing.", {
        values,
        mend: "Ask again, ask without thought (hearth ask --thinking off), or name another model in roles.complete.",
      })
    : new RuntimeError("no-answer", "{0} ended before its first word.", { values });
}

function placeOf({ path, uri, startLine, endLine }: Source): Place {
  return { path, ...(uri === undefined ? {} : { uri }), startLine, endLine };
}
