/** The plan's page in the editor: asks the server, shows what it says, and hands on what is pressed. */

import * as vscode from "vscode";
import type { ModelsResult } from "../../server/protocol/models.ts";
import type { PlanResult } from "../../server/protocol/plan.ts";
import type { StatusParams } from "../../server/protocol/status.ts";
import { hostOf } from "../editor/sizes.ts";
import { PagePanel } from "../webview/page-panel.ts";
import type { Seen } from "./model-setup.ts";
import { type PlanAction, type PlanFacts, planAction, planView } from "./plan-view.ts";

export interface PlanAnswers {
  readonly plan: PlanResult;
  readonly models: ModelsResult;
}

export interface PlanPageOptions {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  /** Asks the server; undefined while it does not run. */
  readonly ask: (signal: AbortSignal) => Promise<PlanAnswers> | undefined;
  /** What is known without asking. */
  readonly facts: () => Pick<PlanFacts, "complete" | "pulls" | "failure">;
  readonly onAction: (action: PlanAction) => void;
  /** A plan is on the screen. */
  readonly onPlanned: () => void;
}

export class PlanPage {
  readonly #options: PlanPageOptions;
  readonly #panel: PagePanel;
  #answers: PlanAnswers | undefined;
  #trouble = "";
  #complete = "";
  #look: AbortController | undefined;

  constructor(options: PlanPageOptions) {
    this.#options = options;
    this.#panel = new PagePanel({
      type: "hearth.plan",
      icon: "flame",
      extensionUri: options.extensionUri,
      log: (message) => options.log.warn(message),
      onPress: (id) => this.#press(id),
      onClosed: () => this.#look?.abort(),
    });
  }

  get visible(): boolean {
    return this.#panel.visible;
  }

  /** The host that it names beside what can be fetched. */
  get seen(): Seen | undefined {
    return this.#answers && { host: hostOf(this.#answers.models.source) };
  }

  /** Opens the page and asks the server anew. */
  async open(): Promise<void> {
    const look = this.#begin();
    this.#panel.reveal(this.#view());
    await this.#finish(look);
  }

  /** Something that it shows has changed. */
  refresh(): void {
    this.#panel.show(this.#view());
  }

  /** Another model completes: what it says of what is here is no longer true. */
  serverSaid({ roles }: StatusParams): void {
    if (this.#complete === roles.complete.label) return;
    this.#complete = roles.complete.label;
    void this.renew();
  }

  /** What is on this machine may be another: asks again, if anybody is looking. */
  async renew(): Promise<void> {
    if (!this.#panel.isOpen) return;
    const look = this.#begin();
    this.refresh();
    await this.#finish(look);
  }

  dispose(): void {
    this.#look?.abort();
    this.#panel.dispose();
  }

  #press(id: string): void {
    const action = planAction(id);
    if (action?.kind === "again") void this.renew();
    else if (action?.kind === "stop") this.#end();
    else if (action) this.#options.onAction(action);
  }

  #begin(): AbortController {
    this.#look?.abort();
    this.#look = new AbortController();
    return this.#look;
  }

  #end(): void {
    this.#look?.abort();
    this.#look = undefined;
    this.refresh();
  }

  /** An answer that comes after the next question is dropped. */
  async #finish(look: AbortController): Promise<void> {
    try {
      const answers = await this.#options.ask(look.signal);
      if (this.#look !== look) return;
      this.#answers = answers ?? this.#answers;
      this.#trouble = answers ? "" : vscode.l10n.t("The language server does not run.");
      if (answers) this.#options.onPlanned();
    } catch (error) {
      if (this.#look !== look) return;
      this.#options.log.error(`there is no plan: ${String(error)}`);
      this.#trouble = vscode.l10n.t("Hearth could not do this. The log says why.");
    } finally {
      if (this.#look === look) this.#end();
    }
  }

  #view() {
    const facts = {
      ...this.#options.facts(),
      plan: this.#answers?.plan,
      models: this.#answers?.models,
      looking: this.#look !== undefined,
      trouble: this.#trouble,
      language: vscode.env.language,
    };
    return planView(facts, vscode.l10n.t);
  }
}
