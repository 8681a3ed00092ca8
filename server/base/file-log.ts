/**
 * A log file of bounded size, written in the background. A full disk or a folder that cannot be written
 * never hurts and never throws: it is reported once, and what cannot be written is dropped.
 */

import { appendFileSync, renameSync, statSync } from "node:fs";
import { appendFile, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Disposable } from "./disposable.ts";
import type { Logger } from "./log.ts";
import { makeFolder, makeFolderSync } from "./make-folder.ts";

export interface FileLogOptions {
  readonly path: string;
  /** At this size the file becomes `<path>.1`, which replaces the one before. */
  readonly maxBytes: number;
  readonly now: () => Date;
  /** Called once, with the first failure. */
  readonly onFailure: (error: Error) => void;
}

/** Lines that wait while the disk is slow; what is beyond is dropped. */
const maxWaiting = 1000;
const maxMessageLength = 8192;

export class FileLog implements Logger, Disposable {
  readonly #options: FileLogOptions;
  #waiting: string[] = [];
  #writing: Promise<void> | undefined;
  #failed = false;

  constructor(options: FileLogOptions) {
    this.#options = options;
  }

  log(level: string, message: string): void {
    if (this.#failed || this.#waiting.length >= maxWaiting) return;
    const time = this.#options.now().toISOString();
    const text = message.slice(0, maxMessageLength).replaceAll("\n", "\n  ");
    this.#waiting.push(`${time} ${level.padEnd(5)} [${process.pid}] ${text}\n`);
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Resolves when everything logged so far was written or dropped. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  /** Writes what waits, at once: the process may end right after. */
  dispose(): void {
    const rest = this.#waiting.join("");
    this.#waiting = [];
    if (rest === "" || this.#failed) return;
    try {
      makeFolderSync(dirname(this.#options.path));
      if (sizeOf(this.#options.path) >= this.#options.maxBytes) {
        renameSync(this.#options.path, `${this.#options.path}.1`);
      }
      appendFileSync(this.#options.path, rest, { mode: 0o600 });
    } catch (error) {
      this.#fail(error);
    }
  }

  async #write(): Promise<void> {
    // The lines of this turn of the event loop are written together.
    await Promise.resolve();
    try {
      await makeFolder(dirname(this.#options.path));
      while (this.#waiting.length > 0) {
        const lines = this.#waiting.join("");
        this.#waiting = [];
        await this.#rotate();
        await appendFile(this.#options.path, lines, { mode: 0o600 });
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  async #rotate(): Promise<void> {
    const size = await stat(this.#options.path).then(
      (stats) => stats.size,
      () => 0,
    );
    if (size >= this.#options.maxBytes) await rename(this.#options.path, `${this.#options.path}.1`);
  }

  #fail(error: unknown): void {
    this.#waiting = [];
    if (this.#failed) return;
    this.#failed = true;
    this.#options.onFailure(error instanceof Error ? error : new Error(String(error)));
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
