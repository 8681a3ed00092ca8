/** Follows the built-in completer while it reads folders, for whoever shows how far it is. */

import type { Clock } from "../base/clock.ts";
import type { Disposable } from "../base/disposable.ts";

/** How far the reading of the workspace is. */
export interface ReadingProgress {
  readonly files: number;
}

/** The completer, as far as it is watched here. */
export interface Reader {
  status(): Promise<{ readonly files: number; readonly reading: boolean }>;
}

export interface ReadingWatchPorts {
  readonly clock: Clock;
  readonly reader: Reader;
  readonly onChange: () => void;
}

const lookEveryMs = 250;

export class ReadingWatch implements Disposable {
  readonly #ports: ReadingWatchPorts;
  #progress: ReadingProgress | undefined;
  #next: Disposable | undefined;
  #disposed = false;

  constructor(ports: ReadingWatchPorts) {
    this.#ports = ports;
  }

  /** Undefined when nothing is being read. */
  get progress(): ReadingProgress | undefined {
    return this.#progress;
  }

  /** Something is to be read from now on. */
  begin(): void {
    if (this.#progress || this.#disposed) return;
    this.#progress = { files: 0 };
    this.#ports.onChange();
    this.#lookLater();
  }

  dispose(): void {
    this.#disposed = true;
    this.#next?.dispose();
  }

  #lookLater(): void {
    this.#next = this.#ports.clock.after(lookEveryMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { files, reading } = await this.#ports.reader.status();
    if (this.#disposed) return;
    this.#progress = reading ? { files } : undefined;
    this.#ports.onChange();
    if (reading) this.#lookLater();
  }
}
