/** Tells the client how far a pull is, in its own message and in the protocol's progress where it gave a token. */

import type { Clock } from "../base/clock.ts";
import type { Localizer } from "../base/l10n.ts";
import { progressLine } from "../fetch/fetch-words.ts";
import type { TransferProgress } from "../fetch/transfer-progress.ts";
import type { PullParams, PullProgressParams } from "../protocol/models.ts";
import type { Client, ShownProgress } from "./client.ts";

/** A person sees no more than this, and a download brings thousands of pieces a second. */
const everyMs = 200;

export interface PullReporterPorts {
  readonly client: Client;
  readonly clock: Clock;
  readonly localizer: Localizer;
}

export class PullReporter {
  readonly #ports: PullReporterPorts;
  readonly #name: string;
  readonly #shown: ShownProgress | undefined;
  #saidAt = Number.NEGATIVE_INFINITY;
  #phase = "";

  constructor(ports: PullReporterPorts, { name, workDoneToken }: PullParams) {
    this.#ports = ports;
    this.#name = name;
    const title = ports.localizer.t("Fetching {0}", name);
    this.#shown = workDoneToken === undefined ? undefined : ports.client.progressOf(workDoneToken, title);
  }

  report(progress: TransferProgress): void {
    const { client, clock, localizer } = this.#ports;
    const { phase, bytes, total } = progress;
    const now = clock.now();
    if (phase === this.#phase && bytes < total && now - this.#saidAt < everyMs) return;
    this.#saidAt = now;
    this.#phase = phase;
    const text = progressLine(progress, localizer);
    client.pullProgress({ ...toParams(progress), name: this.#name, text });
    this.#shown?.report(text, total > 0 ? Math.floor((bytes / total) * 100) : undefined);
  }

  end(message: string): void {
    this.#shown?.end(message);
  }
}

function toParams({
  phase,
  bytes,
  total,
  rate,
  remainingMs,
}: TransferProgress): Omit<PullProgressParams, "name" | "text"> {
  return {
    phase,
    bytes,
    total,
    ...(rate === undefined ? {} : { rate: Math.round(rate) }),
    ...(remainingMs === undefined ? {} : { secondsLeft: Math.ceil(remainingMs / 1000) }),
  };
}
