/** The settings of a session, from `settings.json`, `initialize` and the client's configuration. */

import type { Localizer } from "../base/l10n.ts";
import type { Logger } from "../base/log.ts";
import type { ResolvedSettings } from "../config/resolve-settings.ts";
import type { Settings } from "../config/schema.ts";
import { describeProblems } from "../config/setting-problem.ts";
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
  #configuration: unknown;

  constructor(ports: SettingsPorts) {
    this.#ports = ports;
  }

  /** Asks the client where it can be asked; where it cannot, what it pushed last stands in for its answer. */
  async read(pushed: unknown): Promise<Settings> {
    const { client, profile } = this.#ports;
    this.#pushed = pushed ?? this.#pushed;
    this.#configuration = profile.can.configuration ? await client.configuration() : this.#pushed;
    return this.#settings();
  }

  /** What is known while the client has not answered. */
  readWithoutClient(): Promise<Settings> {
    return this.#settings();
  }

  /** What is wrong with the settings, in sentences: with the files as they are now, and the client's last answer. */
  async problems(): Promise<readonly string[]> {
    const { problems } = await this.#load();
    return describeProblems(problems, this.#ports.localizer);
  }

  async #settings(): Promise<Settings> {
    const { settings, problems } = await this.#load();
    this.#say(describeProblems(problems, this.#ports.localizer));
    return settings;
  }

  #load(): Promise<ResolvedSettings> {
    const { home, profile } = this.#ports;
    const editor = [profile.settings, this.#configuration].filter((values) => values !== undefined);
    return loadSettings({ home, editor });
  }

  /** Each problem once, however often the settings are read; what is found together in one message. */
  #say(sentences: readonly string[]): void {
    const { client, localizer, log } = this.#ports;
    const unsaid = sentences.filter((sentence) => !this.#said.has(sentence));
    for (const sentence of unsaid) {
      this.#said.add(sentence);
      log.log("warn", sentence);
    }
    const [first] = unsaid;
    if (first === undefined) return;
    const numbered = unsaid.map((sentence, index) => `(${index + 1}) ${sentence}`).join(" ");
    const text = unsaid.length === 1 ? first : localizer.t("Some settings are not used. {0}", numbered);
    client.showWarning(`Hearth: ${text}`);
  }
}
