/**
 * The downloads of models that this window has asked for: how far they are, and the way to end one.
 *
 * Invariant: a model is fetched once at a time, however often it is asked for, and every pull ends as a value.
 */

import type { PullProgressParams, PullResult } from "../../server/protocol/models.ts";
import type { Translate } from "../translate.ts";

export interface RunningPull {
  readonly name: string;
  /** Of 1; undefined while nobody knows. */
  readonly share: number | undefined;
  /** How far it is, in one line. */
  readonly text: string;
}

/** Of a file in a repository, its name alone: the rest is where it comes from. */
export function shortName(name: string): string {
  return name.split("/").at(-1) ?? name;
}

export interface PullsOptions {
  /** Asks the server. */
  readonly pull: (name: string, signal: AbortSignal) => Promise<PullResult>;
  readonly onChange: () => void;
  readonly log: (message: string) => void;
  readonly t: Translate;
}

interface Pull {
  readonly stop: AbortController;
  readonly result: Promise<PullResult>;
  progress: PullProgressParams | undefined;
}

export class Pulls {
  readonly #options: PullsOptions;
  readonly #pulls = new Map<string, Pull>();

  constructor(options: PullsOptions) {
    this.#options = options;
  }

  get running(): readonly RunningPull[] {
    return [...this.#pulls].map(([name, { progress }]) => ({
      name,
      share: progress && progress.total > 0 ? progress.bytes / progress.total : undefined,
      text: progress?.text ?? "",
    }));
  }

  has(name: string): boolean {
    return this.#pulls.has(name);
  }

  run(name: string): Promise<PullResult> {
    const running = this.#pulls.get(name);
    if (running) return running.result;
    const stop = new AbortController();
    const result = this.#pull(name, stop.signal);
    this.#pulls.set(name, { stop, result, progress: undefined });
    this.#options.onChange();
    return result;
  }

  progressed(progress: PullProgressParams): void {
    const pull = this.#pulls.get(progress.name);
    if (!pull) return;
    pull.progress = progress;
    this.#options.onChange();
  }

  cancel(name: string): void {
    this.#pulls.get(name)?.stop.abort();
  }

  async #pull(name: string, signal: AbortSignal): Promise<PullResult> {
    try {
      return await this.#options.pull(name, signal);
    } catch (error) {
      if (signal.aborted) return { outcome: "cancelled" };
      this.#options.log(`${name} was not fetched: ${String(error)}`);
      return { outcome: "failed", error: serverGone(this.#options.t) };
    } finally {
      this.#pulls.delete(name);
      this.#options.onChange();
    }
  }
}

function serverGone(t: Translate) {
  return {
    code: "server",
    message: t("The language server stopped during the download."),
    mend: t("Fetch it again: it goes on where it stopped."),
  };
}
