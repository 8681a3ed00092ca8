/** Sends `hearth/status` when what it says has changed, and shows the first reading of the workspace. */

import type { Clock } from "../base/clock.ts";
import type { Disposable } from "../base/disposable.ts";
import type { Localizer } from "../base/l10n.ts";
import type { Client, ShownProgress } from "./client.ts";
import type { ClientProfile } from "./convert/client-profile.ts";
import { describeStatus, type ReadingProgress, type StatusFacts } from "./status.ts";

export interface StatusPorts {
  readonly client: Client;
  readonly profile: ClientProfile;
  readonly localizer: Localizer;
  readonly clock: Clock;
  readonly facts: () => StatusFacts;
}

/** What happens faster is said together. */
const gatherMs = 50;

export class StatusReporter implements Disposable {
  readonly #ports: StatusPorts;
  #last = "";
  #timer: Disposable | undefined;
  #disposed = false;
  #progress: Promise<ShownProgress | undefined> | undefined;

  constructor(ports: StatusPorts) {
    this.#ports = ports;
  }

  update(): void {
    if (this.#disposed) return;
    const { model } = this.#ports.facts();
    if (model.kind === "loading" && model.step) return this.#sayNow();
    this.#timer ??= this.#ports.clock.after(this.#last === "" ? 0 : gatherMs, () => {
      this.#timer = undefined;
      this.#say();
    });
  }

  /** A step down is said once: the next one must not take its place. */
  #sayNow(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#say();
  }

  dispose(): void {
    this.#disposed = true;
    this.#timer?.dispose();
  }

  #say(): void {
    const { client, localizer, profile } = this.#ports;
    const facts = this.#ports.facts();
    const status = describeStatus(facts, localizer);
    const text = JSON.stringify(status);
    if (text !== this.#last) client.status(status);
    this.#last = text;
    if (profile.can.showProgress) void this.#show(facts.reading);
  }

  async #show(reading: ReadingProgress | undefined): Promise<void> {
    const { client, localizer } = this.#ports;
    if (!reading) {
      const ended = this.#progress;
      this.#progress = undefined;
      (await ended)?.end("");
      return;
    }
    this.#progress ??= client.beginProgress(localizer.t("Hearth is reading the workspace"));
    (await this.#progress)?.report(localizer.t("{0} files", reading.files));
  }
}
