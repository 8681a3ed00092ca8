/** The doctor's page in the editor: asks for the checks, shows them, and does what its buttons say. */

import * as vscode from "vscode";
import type { DoctorCheck, DoctorResult } from "../../server/protocol/doctor.ts";
import { PagePanel } from "../webview/page-panel.ts";
import { doctorText } from "./doctor-text.ts";
import { doctorButtons, doctorView, mendOf } from "./doctor-view.ts";

export interface DoctorPageOptions {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  /** Asks the server; undefined while it does not run. */
  readonly ask: (token: vscode.CancellationToken) => Promise<DoctorResult> | undefined;
}

export class DoctorPage {
  readonly #options: DoctorPageOptions;
  readonly #panel: PagePanel;
  #checks: readonly DoctorCheck[] = [];
  #run: vscode.CancellationTokenSource | undefined;

  constructor(options: DoctorPageOptions) {
    this.#options = options;
    this.#panel = new PagePanel({
      type: "hearth.doctor",
      icon: "pulse",
      extensionUri: options.extensionUri,
      log: (message) => options.log.warn(message),
      onPress: (id) => void this.#press(id),
      onClosed: () => this.#stop(),
    });
  }

  /** Opens the page and runs the checks. */
  async open(): Promise<void> {
    const run = this.#begin();
    this.#panel.reveal(this.#view());
    await this.#finish(run);
  }

  dispose(): void {
    this.#stop();
    this.#panel.dispose();
  }

  async #press(id: string): Promise<void> {
    switch (id) {
      case doctorButtons.again:
        return this.#again();
      case doctorButtons.stop:
        return this.#stop();
      case doctorButtons.copy:
        return vscode.env.clipboard.writeText(doctorText(this.#checks, vscode.l10n.t));
      default: {
        const mend = mendOf(id, this.#checks);
        if (mend) await vscode.commands.executeCommand(mend.command, ...mend.arguments);
      }
    }
  }

  #again(): Promise<void> {
    const run = this.#begin();
    this.#draw();
    return this.#finish(run);
  }

  #begin(): vscode.CancellationTokenSource {
    this.#run?.cancel();
    this.#run = new vscode.CancellationTokenSource();
    return this.#run;
  }

  /** What comes of a run that was left is not shown. */
  async #finish(run: vscode.CancellationTokenSource): Promise<void> {
    try {
      const { checks } = (await this.#options.ask(run.token)) ?? { checks: [serverDown()] };
      if (this.#run === run) this.#checks = checks;
    } catch (error) {
      if (this.#run !== run || run.token.isCancellationRequested) return;
      this.#options.log.error(`the doctor failed: ${String(error)}`);
      this.#checks = [serverDown()];
    } finally {
      if (this.#run === run) this.#stop();
      run.dispose();
    }
  }

  #stop(): void {
    this.#run?.cancel();
    this.#run = undefined;
    this.#draw();
  }

  #draw(): void {
    this.#panel.show(this.#view());
  }

  #view() {
    return doctorView({ checks: this.#checks, running: this.#run !== undefined }, vscode.l10n.t);
  }
}

/** A server that does not run, or dies of the question, is itself the finding. */
function serverDown(): DoctorCheck {
  return {
    id: "server",
    state: "fail",
    found: vscode.l10n.t("The language server does not run."),
    why: vscode.l10n.t("It has not started, or it stopped. The log says more."),
    mend: vscode.l10n.t("Run the command “Hearth: Restart”."),
    mendActions: [
      { command: "hearth.restart", arguments: [], title: vscode.l10n.t("Restart") },
      { command: "hearth.showLog", arguments: [], title: vscode.l10n.t("Show Log") },
    ],
  };
}
