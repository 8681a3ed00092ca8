/** The settings of a session, from `settings.json`, `initialize` and the client's configuration. */

import type { Localizer } from "../base/l10n.ts";
import type { Logger } from "../base/log.ts";
import type { Settings } from "../config/schema.ts";
import { describeProblem } from "../config/setting-problem.ts";
import { loadSettings } from "../config/settings-layers.ts";
import type { Client } from "./client.ts";
import type { ClientProfile } from "./convert/client-profile.ts";

export interface SettingsPorts {
  readonly client: Client;
  readonly profile: ClientProfile;
  readonly home: string;
  readonly localizer: Localizer;
  readonly log: Logger;
}

export class SettingsSource {
  readonly #ports: SettingsPorts;
  readonly #said = new Set<string>();
  #pushed: unknown;

  constructor(ports: SettingsPorts) {
    this.#ports = ports;
  }

  /** Asks the client where it can be asked; where it cannot, what it pushed last stands in for its answer. */
  async read(pushed: unknown): Promise<Settings> {
    const { client, profile } = this.#ports;
    this.#pushed = pushed ?? this.#pushed;
    return this.#resolve(profile.can.configuration ? await client.configuration() : this.#pushed);
  }

  readWithoutClient(): Promise<Settings> {
    return this.#resolve(undefined);
  }

  async #resolve(configuration: unknown): Promise<Settings> {
    const { home, profile } = this.#ports;
    const editor = [profile.settings, configuration].filter((values) => values !== undefined);
    const { settings, problems } = await loadSettings({ home, editor });
    for (const problem of problems) this.#say(describeProblem(problem, this.#ports.localizer));
    return settings;
  }

  /** Each problem once, however often the settings are read. */
  #say(sentence: string): void {
    if (this.#said.has(sentence)) return;
    this.#said.add(sentence);
    this.#ports.log.log("warn", sentence);
    this.#ports.client.showWarning(`Hearth: ${sentence}`);
  }
}
