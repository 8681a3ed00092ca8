/** The one status item: shows the view that was computed from the facts, and opens the menu. */

import * as vscode from "vscode";
import type { StatusView } from "./status-view.ts";

export class StatusItem {
  readonly #item: vscode.StatusBarItem;

  constructor() {
    this.#item = vscode.window.createStatusBarItem("hearth.status", vscode.StatusBarAlignment.Right, 100);
    this.#item.name = "Hearth";
    this.#item.command = "hearth.showMenu";
    this.#item.show();
  }

  /** `numbers` are lines for the hover. */
  show(view: StatusView, numbers: readonly string[]): void {
    this.#item.text = `$(${view.icon}) ${view.text}`;
    this.#item.tooltip = tooltip(view, numbers);
    const label = ["Hearth:", view.sentence, view.complete, ...view.work].filter(Boolean).join(" ");
    this.#item.accessibilityInformation = { label, role: "button" };
    this.#item.backgroundColor =
      view.icon === "warning" ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
  }

  dispose(): void {
    this.#item.dispose();
  }
}

function tooltip(view: StatusView, numbers: readonly string[]): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendMarkdown("**Hearth** — ").appendText(view.sentence);
  const roles = view.roles.map(({ name, text: said }) => vscode.l10n.t("{0}: {1}", name, said));
  for (const line of [...view.work, ...roles, ...numbers]) text.appendMarkdown("\n\n").appendText(line);
  return text;
}
