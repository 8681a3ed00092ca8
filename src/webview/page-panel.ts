/**
 * One page beside the editors: opened once and revealed again, drawn anew whenever its view changes.
 *
 * Invariant: a page can do one thing, press a button that it was given. Everything else that it says is dropped.
 */

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { pageHtml } from "./page-html.ts";
import { readPageMessage } from "./page-message.ts";
import { buttonIds, type PageView } from "./page-view.ts";

export interface PagePanelOptions {
  /** Names the kind of page to the editor, such as `hearth.doctor`. */
  readonly type: string;
  readonly icon: string;
  /** Beside the editor that is in front; in its place when left out. */
  readonly beside?: true;
  readonly extensionUri: vscode.Uri;
  readonly log: (message: string) => void;
  readonly onPress: (id: string) => void;
  /** The person has closed it. */
  readonly onClosed: () => void;
}

export class PagePanel {
  readonly #options: PagePanelOptions;
  #panel: vscode.WebviewPanel | undefined;
  #view: PageView | undefined;
  /** Its script runs: what is sent before that reaches nobody. */
  #ready = false;

  constructor(options: PagePanelOptions) {
    this.#options = options;
  }

  /** Whether a person can see it now. */
  get visible(): boolean {
    return this.#panel?.visible ?? false;
  }

  get isOpen(): boolean {
    return this.#panel !== undefined;
  }

  /** Brings it to the front, with this in it. */
  reveal(view: PageView): void {
    this.#panel ??= this.#create(view.title);
    this.#panel.reveal();
    this.show(view);
  }

  /** Draws this where the page is open; hidden, it is drawn when it comes to the front. */
  show(view: PageView): void {
    this.#view = view;
    if (!this.#panel) return;
    this.#panel.title = view.title;
    if (this.#ready) void this.#panel.webview.postMessage(view);
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  #create(title: string): vscode.WebviewPanel {
    const { type, icon, beside, extensionUri, onClosed } = this.#options;
    const column = beside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const dist = vscode.Uri.joinPath(extensionUri, "dist");
    const panel = vscode.window.createWebviewPanel(type, title, column, {
      enableScripts: true,
      enableCommandUris: false,
      enableForms: false,
      localResourceRoots: [dist],
    });
    panel.iconPath = new vscode.ThemeIcon(icon);
    panel.webview.onDidReceiveMessage((raw: unknown) => this.#said(raw));
    panel.onDidChangeViewState(() => {
      if (!panel.visible) this.#ready = false;
    });
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#ready = false;
      onClosed();
    });
    const address = (name: string) => panel.webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
    panel.webview.html = pageHtml({
      language: vscode.env.language,
      title,
      source: panel.webview.cspSource,
      script: address("page.js"),
      style: address("page.css"),
      nonce: randomBytes(16).toString("hex"),
    });
    return panel;
  }

  #said(raw: unknown): void {
    const message = readPageMessage(raw);
    if (message?.kind === "ready") {
      this.#ready = true;
      if (this.#view) this.show(this.#view);
    } else if (message && this.#view && buttonIds(this.#view).has(message.id)) {
      this.#options.onPress(message.id);
    } else {
      this.#options.log(`${this.#options.type} said what no page says; it was dropped`);
    }
  }
}
