/** Gathers what the status item depends on, and shows the new view whenever one of the facts changes. */

import * as vscode from "vscode";
import type { MetricsResult } from "../../server/protocol/metrics.ts";
import type { StatusParams } from "../../server/protocol/status.ts";
import type { HostState } from "../client/server-host.ts";
import type { RunningPull } from "../setup/pulls.ts";
import { BusyWatch, type LongWork } from "./busy-watch.ts";
import { readSwitch } from "./completion-settings.ts";
import { switchOf } from "./completion-switch.ts";
import { FreshNumbers } from "./fresh-numbers.ts";
import { numbers } from "./numbers.ts";
import { StatusItem } from "./status-item.ts";
import { type StatusView, statusView } from "./status-view.ts";
import { virtualScheme } from "./virtual-workspace.ts";

export interface StatusModelOptions {
  /** Calls back after `ms` milliseconds; returns the undo. */
  readonly after: (ms: number, callback: () => void) => () => void;
  /** What the server has counted; undefined while it does not run. */
  readonly metrics: () => Promise<MetricsResult | undefined>;
  readonly log: (message: string) => void;
}

export class StatusModel {
  readonly #item = new StatusItem();
  readonly #busy: BusyWatch;
  readonly #serverWork: LongWork;
  readonly #numbers: FreshNumbers;
  readonly #subscriptions: vscode.Disposable;
  #host: HostState = "stopped";
  #server: StatusParams | undefined;
  #pulls: readonly RunningPull[] = [];

  constructor(options: StatusModelOptions) {
    const refresh = () => this.refresh();
    this.#busy = new BusyWatch({ onChange: refresh, after: options.after });
    this.#serverWork = this.#busy.follow();
    this.#numbers = new FreshNumbers({ ...options, onChange: refresh });
    this.#subscriptions = vscode.Disposable.from(
      vscode.window.onDidChangeActiveTextEditor(refresh),
      vscode.workspace.onDidChangeWorkspaceFolders(refresh),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration("hearth")) refresh();
      }),
    );
    refresh();
  }

  /** What the server has said last. */
  get server(): StatusParams | undefined {
    return this.#server;
  }

  get view(): StatusView {
    const completion = readSwitch();
    return statusView(
      {
        host: this.#host,
        server: this.#server,
        completion: switchOf(completion),
        language: completion.language,
        virtualScheme: this.virtualScheme,
        spinning: this.#busy.visible,
        pulls: this.#pulls,
      },
      vscode.l10n.t,
    );
  }

  /** The scheme of a workspace whose files are not on a disk. */
  get virtualScheme(): string | undefined {
    return virtualScheme(vscode.workspace.workspaceFolders?.map((folder) => folder.uri.scheme) ?? []);
  }

  hostBecame(state: HostState): void {
    this.#host = state;
    if (state !== "running") this.serverSaid(undefined);
    this.refresh();
  }

  serverSaid(status: StatusParams | undefined): void {
    this.#server = status;
    if (status?.state === "busy") this.#serverWork.goesOn();
    else this.#serverWork.isOver();
    this.refresh();
  }

  pullsBecame(pulls: readonly RunningPull[]): void {
    this.#pulls = pulls;
    this.refresh();
  }

  watchCompletion<T>(answer: PromiseLike<T>): Promise<T> {
    this.countSoon();
    return this.#busy.watch(answer);
  }

  /** Something was counted: the hover shows it within a second. */
  countSoon(): void {
    this.#numbers.countSoon();
  }

  refresh(): void {
    this.#item.show(this.view, numbers(this.#numbers.metrics, vscode.l10n.t));
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#busy.dispose();
    this.#numbers.dispose();
    this.#item.dispose();
  }
}
