/**
 * Answers questions part by part, each on its own, with the model of the role `reason`.
 *
 * Invariants: in a workspace that is not trusted no model is opened, and what runs ends when trust is withdrawn;
 * every question ends with one result, whatever happens; no part of an answer holds a character that nobody sees.
 */

import type { Disposable } from "../../base/disposable.ts";
import type { Localizer } from "../../base/l10n.ts";
import type { SamplingSetting } from "../../config/sampling-kind.ts";
import { toRuntimeError } from "../../model/runtime-error.ts";
import type { ChatError, ChatPart, ChatPlace, ChatResult } from "../../protocol/chat.ts";
import { HiddenShower } from "../../security/hidden-shower.ts";
import { type AnswerPart, answerQuestion, type Question, type ReasonModel } from "./answer-question.ts";

export interface ChatPorts {
  readonly localizer: Localizer;
  readonly sampling: () => SamplingSetting;
  /** Rejects with a RuntimeError; `said`: what is waited for, in the person's language. */
  open(said: (text: string) => void, signal: AbortSignal): Promise<ReasonModel & Disposable>;
}

export class ChatService implements Disposable {
  readonly #ports: ChatPorts;
  /** Aborts what runs when models may be asked no longer; undefined while they may not. */
  #grant: AbortController | undefined;

  constructor(ports: ChatPorts) {
    this.#ports = ports;
  }

  setTrust(trust: "trusted" | "untrusted"): void {
    if (trust === "trusted") this.#grant ??= new AbortController();
    else this.dispose();
  }

  async ask(question: Question, tell: (part: ChatPart) => void, requested: AbortSignal): Promise<ChatResult> {
    if (!this.#grant) return { outcome: "failed", error: untrusted(this.#ports.localizer) };
    const signal = AbortSignal.any([requested, this.#grant.signal]);
    let model: (ReasonModel & Disposable) | undefined;
    try {
      model = await this.#ports.open((text) => tell({ kind: "progress", text }), signal);
      const about = { info: model.info, runtime: model.runtime, sampling: this.#ports.sampling() };
      const toPart = partShower();
      for await (const part of answerQuestion(question, about, signal)) tell(toPart(part));
      return { outcome: signal.aborted ? "cancelled" : "answered", model: model.info.name };
    } catch (thrown) {
      const named = model ? { model: model.info.name } : {};
      if (signal.aborted) return { outcome: "cancelled", ...named };
      // It knows the catalogue: not when the server starts.
      const { explainAnswerError } = await import("./explain-answer-error.ts");
      const error = explainAnswerError(toRuntimeError(thrown), this.#ports.localizer);
      return { outcome: "failed", ...named, error };
    } finally {
      model?.dispose();
    }
  }

  dispose(): void {
    this.#grant?.abort();
    this.#grant = undefined;
  }
}

/** The parts of one answer, in their order. */
function partShower(): (part: AnswerPart) => ChatPart {
  const shower = { "reasoning-delta": new HiddenShower(), "text-delta": new HiddenShower() };
  return (part) => {
    switch (part.kind) {
      case "sources":
        return { ...part, items: part.items.map(withUri) };
      case "reasoning-delta":
      case "text-delta":
        return { kind: part.kind, text: shower[part.kind].show(part.text) };
      case "answer-restart":
        return part;
      case "stream-end":
        return { ...part, dropped: part.dropped.map(withUri) };
    }
  };
}

/** Every source of the protocol has one. */
function withUri<P extends Omit<ChatPlace, "uri"> & { readonly uri?: string }>(
  place: P,
): P & { uri: string } {
  return { ...place, uri: place.uri ?? "" };
}

function untrusted({ t }: Localizer): ChatError {
  return {
    code: "untrusted",
    message: t("This workspace is not trusted: no model is used."),
    mend: t("Trust the workspace, then ask again."),
    mendActions: [],
  };
}
