/**
 * One client, from `initialize` to its end: its documents, its settings, and the services built for it.
 *
 * Invariants: the services exist only after the settings are known; the documents are mirrored from the
 * first message on, so that nothing that was typed meanwhile is lost.
 */

import { Latest } from "../base/abort.ts";
import type { Clock } from "../base/clock.ts";
import { delay } from "../base/clock.ts";
import { type Disposable, DisposableStore } from "../base/disposable.ts";
import type { Localizer } from "../base/l10n.ts";
import type { Proxies } from "../base/proxies.ts";
import type { Settings } from "../config/schema.ts";
import { proxyOf } from "../fetch/proxy-settings.ts";
import type { Client } from "./client.ts";
import type { ClientProfile } from "./convert/client-profile.ts";
import { Documents } from "./documents.ts";
import type { CreateServices, LanguageServices, Trust } from "./language-services.ts";
import type { SessionLog } from "./session-log.ts";
import { SettingsSource } from "./settings-source.ts";
import { StatusReporter } from "./status-reporter.ts";
import { WorkDone } from "./work-done.ts";

export interface SessionPorts {
  readonly client: Client;
  readonly profile: ClientProfile;
  readonly home: string;
  readonly localizer: Localizer;
  readonly log: SessionLog;
  readonly clock: Clock;
  readonly createServices: CreateServices;
}

/** A client that announces a configuration and is slow to send it does not keep the server from starting. */
const configurationPatienceMs = 1500;
/** A key that is still being looked for then is not worth a longer wait. */
const secretPatienceMs = 5000;

export class Session implements Disposable {
  readonly documents = new Documents();
  readonly workDone = new WorkDone();
  readonly #ports: SessionPorts;
  readonly #store = new DisposableStore();
  readonly #ended = new AbortController();
  readonly #settings: SettingsSource;
  readonly #reconfiguring: Latest;
  readonly #folders: Set<string>;
  #trust: Trust;
  #services: LanguageServices | undefined;
  #starting: Promise<LanguageServices> | undefined;
  #status: StatusReporter | undefined;

  constructor(ports: SessionPorts) {
    this.#ports = ports;
    this.#settings = new SettingsSource(ports);
    this.#reconfiguring = this.#store.add(new Latest());
    this.#folders = new Set(ports.profile.folders);
    this.#trust = ports.profile.trusted ? "trusted" : "untrusted";
  }

  get profile(): ClientProfile {
    return this.#ports.profile;
  }

  get log(): SessionLog {
    return this.#ports.log;
  }

  get client(): Client {
    return this.#ports.client;
  }

  get clock(): Clock {
    return this.#ports.clock;
  }

  /** Aborts when the session is over. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  get localizer(): Localizer {
    return this.#ports.localizer;
  }

  /** The services once they are built; the first call builds them. */
  services(): Promise<LanguageServices> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** Tells the services, if there are any yet; those built later begin with the documents as they are then. */
  tell(say: (services: LanguageServices) => void): void {
    if (this.#services) say(this.#services);
  }

  async begin(): Promise<void> {
    const { client, profile } = this.#ports;
    await this.services();
    await Promise.all([
      profile.can.watchConfiguration ? client.watchConfiguration() : undefined,
      profile.can.watchFiles ? client.watchFiles() : undefined,
    ]);
  }

  changeFolders(change: { readonly added: readonly string[]; readonly removed: readonly string[] }): void {
    for (const path of change.removed) {
      this.#folders.delete(path);
      this.tell((services) => services.removeFolder(path));
    }
    for (const path of change.added) {
      this.#folders.add(path);
      this.tell((services) => services.addFolder(path));
    }
  }

  setTrust(trust: Trust): void {
    this.#trust = trust;
    this.tell((services) => services.setTrust(trust));
    this.#status?.update();
  }

  /** `pushed` is what the notification itself holds, for clients that cannot be asked. */
  async reconfigure(pushed: unknown): Promise<void> {
    await this.services();
    const signal = this.#reconfiguring.next();
    this.#configure(await this.#settings.read(pushed), signal);
  }

  /** What is wrong with the settings now, in sentences. */
  settingProblems(): Promise<readonly string[]> {
    return this.#settings.problems();
  }

  /** The proxy of the editor, else of the environment. */
  async proxy(): Promise<Proxies> {
    const { client, profile } = this.#ports;
    return proxyOf(process.env, profile.can.configuration ? await client.proxy() : undefined);
  }

  dispose(): void {
    this.#ended.abort();
    this.#store.dispose();
  }

  async #start(): Promise<LanguageServices> {
    const { clock, client, createServices, home, localizer, log, profile } = this.#ports;
    const signal = this.#reconfiguring.next();
    const patience = new AbortController();
    const asked = this.#settings.read(undefined);
    const inTime = await Promise.race([asked, delay(clock, configurationPatienceMs, patience.signal)]);
    patience.abort();
    const settings = inTime ?? (await this.#settings.readWithoutClient());
    log.setLevel(settings["log.level"]);
    const services = createServices({
      home,
      settings,
      trust: this.#trust,
      localizer,
      log,
      restarted: profile.restarted,
      secret: (origin) => this.#secret(origin),
      onStatus: () => this.#status?.update(),
    });
    this.#store.add(services);
    const facts = () => services.statusFacts();
    this.#status = this.#store.add(new StatusReporter({ client, profile, localizer, clock, facts }));
    for (const path of this.#folders) services.addFolder(path);
    for (const snapshot of this.documents.all()) services.documentOpened(snapshot);
    this.#services = services;
    this.#status.update();
    if (!inTime) void asked.then((late) => this.#configure(late, signal));
    return services;
  }

  /** A client that does not answer keeps no key. */
  async #secret(origin: string): Promise<string | undefined> {
    const { client, clock } = this.#ports;
    const patience = new AbortController();
    const waited = delay(clock, secretPatienceMs, patience.signal).then(() => undefined);
    const secret = await Promise.race([client.secret(origin), waited]);
    patience.abort();
    return secret;
  }

  /** An older answer than the one that is asked for by now is dropped. */
  #configure(settings: Settings, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.log.setLevel(settings["log.level"]);
    this.tell((services) => services.configure(settings));
    this.#status?.update();
  }
}
