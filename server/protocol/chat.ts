/** `hearth/chat`: one question to the model that reasons, answered part by part with `hearth/chatPart`. */

import type { MendAction } from "./doctor.ts";
import type { NotificationSpec, RequestSpec } from "./message.ts";

/** Lines of a document; both numbers count from 1, and both lines belong to it. */
export interface ChatSource {
  /** Of a document that is open; what is not saved yet goes along. */
  readonly uri: string;
  readonly startLine: number;
  readonly endLine: number;
}

export interface ChatParams {
  /** What `hearth/chatPart` names this answer by. */
  readonly id: string;
  readonly question: string;
  /** The most important first. */
  readonly sources?: readonly ChatSource[];
  /** Tokens for thinking: 0 for none, left out for as many as the model likes. */
  readonly thinking?: number;
}

export const chatOutcomes = ["answered", "cancelled", "failed"] as const;
export type ChatOutcome = (typeof chatOutcomes)[number];

export interface ChatResult {
  readonly outcome: ChatOutcome;
  /** Its name; left out where none was opened. */
  readonly model?: string;
  /** Of `failed`. */
  readonly error?: ChatError;
}

/** In the person's language. */
export interface ChatError {
  readonly code: string;
  readonly message: string;
  readonly mend: string;
  /** As those of `hearth/doctor`. */
  readonly mendActions: readonly MendAction[];
}

export const chatRequest: RequestSpec<ChatParams, ChatResult> = {
  method: "hearth/chat",
  kind: "request",
  direction: "client to server",
  summary:
    "Asks the model of `roles.reason` one question, as `hearth ask` does. The answer comes in `hearth/chatPart` before the result; `$/cancelRequest` stops the model. In a workspace that is not trusted it fails with the code `untrusted`.",
  params: {
    id: ["`string`", "names the answer in `hearth/chatPart`; the client chooses it"],
    question: ["`string`", "what the person wants to know"],
    sources: [
      "`{ uri, startLine, endLine }[]`, optional",
      "lines of open documents that are shown beside the question, the most important first; lines count from 1, and both belong to it; what is not open, and lines that are not there, are left out",
    ],
    thinking: [
      "`number`, optional",
      "tokens for thinking: 0 for none, left out for as many as the model likes",
    ],
  },
  result: {
    outcome: [
      '`"answered" | "cancelled" | "failed"`',
      "what was streamed stays as it is, also when it failed",
    ],
    model: ["`string`, optional", "who answered"],
    error: [
      "`{ code, message, mend, mendActions }`, optional",
      "of `failed`, in the person's language; `mendActions` as in `hearth/doctor`",
    ],
  },
};

/** Lines as the model was shown them. */
export interface ChatPlace extends ChatSource {
  /** From its workspace folder. */
  readonly path: string;
}

export interface ChatUsage {
  readonly prompt: number;
  readonly cached: number;
  readonly reasoning: number;
  readonly generated: number;
}

export type ChatPart =
  /** What is waited for, in the person's language, in place of what was said before. */
  | { readonly kind: "progress"; readonly text: string }
  | { readonly kind: "sources"; readonly items: readonly (ChatPlace & { readonly why: "given" })[] }
  | { readonly kind: "reasoning-delta" | "text-delta"; readonly text: string }
  /** What was streamed so far is void. */
  | { readonly kind: "answer-restart" }
  | {
      readonly kind: "stream-end";
      readonly reason: "stop" | "length" | "aborted";
      readonly usage: ChatUsage;
      readonly dropped: readonly (ChatPlace & { readonly why: "no-room" })[];
    };

export interface ChatPartParams {
  readonly id: string;
  readonly part: ChatPart;
}

export const chatPartNotification: NotificationSpec<ChatPartParams> = {
  method: "hearth/chatPart",
  kind: "notification",
  direction: "server to client",
  summary:
    "The next part of an answer, as a line of `hearth ask --json` has it. Characters that nobody sees are shown as their numbers.",
  params: {
    id: ["`string`", "as `hearth/chat` named it"],
    part: [
      "`{ kind, … }`",
      '`"sources"` with `items`: `{ uri, path, startLine, endLine, why }[]`, what the model is shown; `"reasoning-delta"` and `"text-delta"` with `text`; `"answer-restart"`: what was streamed is void; `"stream-end"` with `reason` (`"stop"`, `"length"` or `"aborted"`), `usage` (`{ prompt, cached, reasoning, generated }`, tokens) and `dropped`, what had no room. Beside those `"progress"` with `text`: what is waited for, in the person\'s language',
    ],
  },
  result: {},
};
