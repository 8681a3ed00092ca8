/**
 * The page of one answer: asks the server, shows what comes, and does what its buttons say.
 *
 * Invariant: one answer runs at most; a new question, Stop, and closing the page end the one before.
 */

import * as vscode from "vscode";
import type { ChatPart, ChatPlace, ChatResult } from "../../server/protocol/chat.ts";
import { PagePanel } from "../webview/page-panel.ts";
import { type Answer, begun, withPart, withResult } from "./answer.ts";
import { answerButtons, answerView, mendOf, sourceOf } from "./answer-view.ts";
import type { Asked } from "./question-box.ts";

export interface AnswerPageOptions {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  /** Asks the server; undefined while it does not run. */
  readonly chat: (
    asked: Asked,
    onPart: (part: ChatPart) => void,
    signal: AbortSignal,
  ) => Promise<ChatResult> | undefined;
  /** Calls back once, later; returns how to take that back. */
  readonly after: (ms: number, callback: () => void) => () => void;
}

/** Sooner than a person sees, and no more often than a page needs. */
const drawMs = 60;

export class AnswerPage {
  readonly #options: AnswerPageOptions;
  readonly #panel: PagePanel;
  #answer: Answer = begun("", []);
  #run: AbortController | undefined;
  #column: vscode.ViewColumn | undefined;
  #undoDraw: (() => void) | undefined;

  constructor(options: AnswerPageOptions) {
    this.#options = options;
    this.#panel = new PagePanel({
      type: "hearth.answer",
      icon: "flame",
      beside: true,
      extensionUri: options.extensionUri,
      log: (message) => options.log.warn(message),
      onPress: (id) => void this.#press(id),
      onClosed: () => this.#run?.abort(),
    });
  }

  /** Opens the page; resolves when the answer has ended, however that was. */
  async ask(asked: Asked): Promise<void> {
    this.#run?.abort();
    const run = new AbortController();
    this.#run = run;
    this.#column = vscode.window.activeTextEditor?.viewColumn ?? this.#column;
    this.#answer = begun(asked.question, asked.sources);
    this.#panel.reveal(this.#view());
    const result = await this.#result(asked, run);
    if (this.#run !== run) return;
    this.#run = undefined;
    this.#answer = withResult(this.#answer, result, performance.now());
    this.#draw();
  }

  dispose(): void {
    this.#run?.abort();
    this.#undoDraw?.();
    this.#panel.dispose();
  }

  async #result(asked: Asked, run: AbortController): Promise<ChatResult> {
    const onPart = (part: ChatPart) => {
      if (this.#run !== run) return;
      this.#answer = withPart(this.#answer, part, performance.now());
      this.#undoDraw ??= this.#options.after(drawMs, () => this.#draw());
    };
    try {
      return (await this.#options.chat(asked, onPart, run.signal)) ?? serverDown();
    } catch (error) {
      if (run.signal.aborted) return { outcome: "cancelled" };
      this.#options.log.error(`a question was not answered: ${String(error)}`);
      return serverDown();
    }
  }

  async #press(id: string): Promise<void> {
    const { question, sources, text } = this.#answer;
    switch (id) {
      case answerButtons.stop:
        return this.#run?.abort();
      case answerButtons.again:
        return this.ask({ question, sources });
      case answerButtons.other:
        return vscode.commands.executeCommand("hearth.ask");
      case answerButtons.copy:
        return vscode.env.clipboard.writeText(text.trim());
      case answerButtons.trust:
        return vscode.commands.executeCommand("workbench.trust.manage");
      default: {
        const source = sourceOf(id, this.#answer);
        if (source) return this.#open(source);
        const mend = mendOf(id, this.#answer);
        if (mend) await vscode.commands.executeCommand(mend.command, ...mend.arguments);
      }
    }
  }

  /** In the place that the question came from, so that the page stays. */
  async #open({ uri, startLine, endLine }: ChatPlace): Promise<void> {
    const selection = new vscode.Range(startLine - 1, 0, endLine - 1, Number.MAX_SAFE_INTEGER);
    const viewColumn = this.#column ?? vscode.ViewColumn.One;
    try {
      await vscode.window.showTextDocument(vscode.Uri.parse(uri, true), { selection, viewColumn });
    } catch (error) {
      this.#options.log.warn(`${uri} cannot be shown: ${String(error)}`);
      void vscode.window.showWarningMessage(vscode.l10n.t("This file is no longer there."));
    }
  }

  #draw(): void {
    this.#undoDraw?.();
    this.#undoDraw = undefined;
    this.#panel.show(this.#view());
  }

  #view() {
    return answerView(this.#answer, performance.now(), vscode.l10n.t);
  }
}

function serverDown(): ChatResult {
  const { t } = vscode.l10n;
  return {
    outcome: "failed",
    error: {
      code: "server",
      message: t("The language server does not run."),
      mend: t("Run the command “Hearth: Restart”."),
      mendActions: [
        { command: "hearth.restart", arguments: [], title: t("Restart") },
        { command: "hearth.showLog", arguments: [], title: t("Show Log") },
      ],
    },
  };
}
