/** Gathers what the status item depends on, and shows the new view whenever one of the facts changes. */

import * as vscode from "vscode";
import type { MetricsResult } from "../../server/protocol/metrics.ts";
import type { StatusParams } from "../../server/protocol/status.ts";
import type { HostState } from "../client/server-host.ts";
import { BusyWatch } from "./busy-watch.ts";
import { readSwitch } from "./completion-settings.ts";
import { switchOf } from "./completion-switch.ts";
import { numbers } from "./numbers.ts";
import { StatusItem } from "./status-item.ts";
import { type StatusView, statusView } from "./status-view.ts";
import { virtualScheme } from "./virtual-workspace.ts";

/** The numbers in the hover are at most this old, while there is something to count. */
const numbersAgeMs = 1000;

export interface StatusModelOptions {
  /** Calls back after `ms` milliseconds; returns the undo. */
  readonly after: (ms: number, callback: () => void) => () => void;
  /** What the server has counted; undefined while it does not run. */
  readonly metrics: () => Promise<MetricsResult | undefined>;
}

export class StatusModel {
  readonly #options: StatusModelOptions;
  readonly #item = new StatusItem();
  readonly #busy: BusyWatch;
  readonly #subscriptions: vscode.Disposable;
  #host: HostState = "stopped";
  #server: StatusParams | undefined;
  #serverBusyEnds: (() => void) | undefined;
  #metrics: MetricsResult | undefined;
  #cancelCount: (() => void) | undefined;

  constructor(options: StatusModelOptions) {
    const refresh = () => this.refresh();
    this.#options = options;
    this.#busy = new BusyWatch({ onChange: refresh, after: options.after });
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
    this.countSoon();
    return this.#busy.watch(answer);
  }

  /** Something was counted: the hover shows it within a second. */
  countSoon(): void {
    this.#cancelCount ??= this.#options.after(numbersAgeMs, () => void this.#count());
  }

  refresh(): void {
    this.#item.show(this.view, numbers(this.#metrics, vscode.l10n.t));
  }

  async #count(): Promise<void> {
    this.#cancelCount = undefined;
    this.#metrics = await this.#options.metrics();
    this.refresh();
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#busy.dispose();
    this.#cancelCount?.();
    this.#item.dispose();
  }
}
