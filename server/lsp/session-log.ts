/** The log of a session: to the file and to the client, from the level on that the settings name. */

import { type Logger, type LogLevel, logLevels } from "../base/log.ts";

export class SessionLog implements Logger {
  readonly #sinks: readonly Logger[];
  #level: LogLevel = "info";

  constructor(sinks: readonly Logger[]) {
    this.#sinks = sinks;
  }

  setLevel(level: LogLevel): void {
    this.#level = level;
  }

  log(level: Exclude<LogLevel, "off">, message: string): void {
    if (logLevels.indexOf(level) < logLevels.indexOf(this.#level)) return;
    for (const sink of this.#sinks) sink.log(level, message);
  }
}
