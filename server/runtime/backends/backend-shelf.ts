/**
 * The builds of llama.cpp for GPUs that were fetched into HEARTH_HOME. None is used that was not tried, with the
 * drivers that are here now; what failed is not tried again before one of the two is another.
 */

import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  type BackendChoice,
  type BackendName,
  type BackendState,
  type BackendTrial,
  chooseBackend,
  type GpuMaker,
} from "../../model/backend.ts";
import type { DroppedBackend } from "../../model/dropped-backend.ts";
import type { BackendBuild } from "./builds.ts";
import type { SystemLibraries } from "./system-libraries.ts";
import { readTrials, writeTrial } from "./trial-record.ts";
import type { TriedBuild } from "./try-backend.ts";

export interface ShelfOptions {
  readonly home: string;
  /** Of node-llama-cpp. */
  readonly version: string;
  readonly builds: readonly BackendBuild[];
  readonly carried: "cpu" | "metal";
  readonly libraries: (names: readonly string[]) => Promise<SystemLibraries>;
  readonly makers: () => Promise<readonly GpuMaker[]>;
  /** Undefined when it was aborted. */
  readonly attempt: (build: TriedBuild, signal: AbortSignal) => Promise<BackendTrial | undefined>;
}

export interface ChosenBackend extends BackendChoice {
  readonly states: readonly BackendState[];
  /** What to load in place of the build that Hearth carries. */
  readonly build: TriedBuild | undefined;
  /** Those that were tried just now and will not be used. */
  readonly dropped: readonly DroppedBackend[];
}

export class BackendShelf {
  readonly #options: ShelfOptions;
  readonly #trying = new Map<BackendName, Promise<BackendTrial | undefined>>();

  constructor(options: ShelfOptions) {
    this.#options = options;
  }

  /** What is here and what came of it, without trying anything. */
  async look(): Promise<ChosenBackend> {
    return this.#chosen(await this.#states(), []);
  }

  /** Tries what is here and was not tried yet, the best first, until one works. */
  async choose(signal: AbortSignal): Promise<ChosenBackend> {
    let states = await this.#states();
    const dropped: DroppedBackend[] = [];
    for (const { name, installed, trial } of states) {
      if (!installed || trial?.kind === "works") continue;
      if (!trial) {
        const found = await this.#tryOnce(name, signal);
        if (!found) break;
        if (found.kind !== "works") dropped.push({ name, trial: found });
        states = states.map((state) => (state.name === name ? { ...state, trial: found } : state));
        if (found.kind === "works") break;
      }
    }
    return this.#chosen(states, dropped);
  }

  /** Undefined where the folder holds none of them. With other drivers it is tried again, and where someone asks. */
  async drop(folder: string, reason: string): Promise<DroppedBackend | undefined> {
    const build = this.#options.builds.find(({ name }) => this.folderOf(name) === folder);
    if (!build) return undefined;
    const trial = { kind: "crashed-loading", reason } as const;
    await this.#keep(build, trial);
    return { name: build.name, trial };
  }

  /** Tries it whatever came of it before. Undefined where there is none of that name, or `signal` aborted. */
  tryAgain(name: BackendName, signal: AbortSignal): Promise<BackendTrial | undefined> {
    return this.#tryOnce(name, signal);
  }

  /** Its packages lie in the `node_modules` of it. */
  folderOf(name: BackendName): string {
    return join(this.#root(), name);
  }

  /** Of every version, with what came of it and what is left of its download; false where there was nothing. */
  async remove(name: BackendName): Promise<boolean> {
    const root = join(this.#options.home, "backends");
    const packages = this.#options.builds.find((build) => build.name === name)?.packages ?? [];
    const archives = packages.map((each) => `${each.name.slice(each.name.indexOf("/") + 1)}-`);
    let found = false;
    for (const version of await readdir(root).catch(() => [])) {
      const isOurs = (entry: string) =>
        entry === name ||
        entry === `${name}.json` ||
        archives.some((archive) => entry.startsWith(`${archive}${version}.tgz.part`));
      const entries = (await readdir(join(root, version)).catch(() => [])).filter(isOurs);
      for (const entry of entries) await rm(join(root, version, entry), { recursive: true, force: true });
      found ||= entries.length > 0;
    }
    return found;
  }

  async #states(): Promise<readonly BackendState[]> {
    return Promise.all(this.#options.builds.map((build) => this.#stateOf(build)));
  }

  async #stateOf(build: BackendBuild): Promise<BackendState> {
    const { name, gpu, packages } = build;
    const { missing, drivers } = await this.#options.libraries(build.libraries);
    const [installed, records] = await Promise.all([
      isFolder(this.folderOf(name)),
      readTrials(this.#recordOf(name)),
    ]);
    const identity = identityOf(build);
    const record = records.find((each) => each.drivers === drivers && each.packages === identity);
    const bytes = packages.reduce((sum, each) => sum + each.bytes, 0);
    return { name, gpu, installed, bytes, missing, ...(installed && record ? { trial: record.trial } : {}) };
  }

  async #chosen(states: readonly BackendState[], dropped: readonly DroppedBackend[]): Promise<ChosenBackend> {
    const { carried, makers, builds } = this.#options;
    const choice = chooseBackend({ carried, backends: states, makers: await makers() });
    const used = builds.find(({ name }) => name === choice.chosen);
    const build = used && { gpu: used.gpu, folder: this.folderOf(used.name) };
    return { ...choice, states, build, dropped };
  }

  /** Two models that are loaded at once wait for the same trial. */
  #tryOnce(name: BackendName, signal: AbortSignal): Promise<BackendTrial | undefined> {
    const trying = this.#trying.get(name) ?? this.#try(name, signal).finally(() => this.#trying.delete(name));
    this.#trying.set(name, trying);
    return trying;
  }

  async #try(name: BackendName, signal: AbortSignal): Promise<BackendTrial | undefined> {
    const build = this.#options.builds.find((each) => each.name === name);
    const folder = this.folderOf(name);
    if (!build || !(await isFolder(folder))) return undefined;
    const trial = await this.#options.attempt({ gpu: build.gpu, folder }, signal);
    if (trial) await this.#keep(build, trial);
    return trial;
  }

  /** What cannot be kept costs another trial, and nothing else. */
  async #keep(build: BackendBuild, trial: BackendTrial): Promise<void> {
    const { drivers } = await this.#options.libraries(build.libraries);
    const record = { packages: identityOf(build), drivers, trial };
    await writeTrial(this.#recordOf(build.name), record).catch(() => undefined);
  }

  #root(): string {
    return join(this.#options.home, "backends", this.#options.version);
  }

  #recordOf(name: BackendName): string {
    return join(this.#root(), `${name}.json`);
  }
}

function identityOf({ packages }: BackendBuild): string {
  return packages.map(({ name, version, integrity }) => `${name}@${version} ${integrity}`).join(", ");
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
