/** Gathers what the status item depends on, and shows the new view whenever one of the facts changes. */

import * as vscode from "vscode";
import type { StatusParams } from "../../server/protocol/status.ts";
import type { HostState } from "../client/server-host.ts";
import { BusyWatch } from "./busy-watch.ts";
import { readSwitch } from "./completion-settings.ts";
import { switchOf } from "./completion-switch.ts";
import { StatusItem } from "./status-item.ts";
import { type StatusView, statusView } from "./status-view.ts";
import { virtualScheme } from "./virtual-workspace.ts";

export class StatusModel {
  readonly #item = new StatusItem();
  readonly #busy: BusyWatch;
  readonly #subscriptions: vscode.Disposable;
  #host: HostState = "stopped";
  #server: StatusParams | undefined;
  #serverBusyEnds: (() => void) | undefined;

  constructor(after: (ms: number, callback: () => void) => () => void) {
    const refresh = () => this.refresh();
    this.#busy = new BusyWatch({ onChange: refresh, after });
    this.#subscriptions = vscode.Disposable.from(
      vscode.window.onDidChangeActiveTextEditor(refresh),
      vscode.workspace.onDidChangeWorkspaceFolders(refresh),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("hearth")) refresh();
      }),
    );
    refresh();
  }

  get view(): StatusView {
    const completion = readSwitch();
    return statusView(
      {
        host: this.#host,
        server: this.#server,
        completion: switchOf(completion),
        language: completion.language,
        virtualScheme: virtualScheme(
          vscode.workspace.workspaceFolders?.map((folder) => folder.uri.scheme) ?? [],
        ),
        spinning: this.#busy.visible,
      },
      vscode.l10n.t,
    );
  }

  hostBecame(state: HostState): void {
    this.#host = state;
    if (state !== "running") this.serverSaid(undefined);
    this.refresh();
  }

  serverSaid(status: StatusParams | undefined): void {
    this.#server = status;
    this.#serverBusyEnds?.();
    this.#serverBusyEnds = status?.state === "busy" ? this.#busy.begin() : undefined;
    this.refresh();
  }

  watchCompletion<T>(answer: PromiseLike<T>): Promise<T> {
    return this.#busy.watch(answer);
  }

  refresh(): void {
    this.#item.show(this.view);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#busy.dispose();
    this.#item.dispose();
  }
}
