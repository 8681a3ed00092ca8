/** Where the parts of the server say what they do. Never holds code or prompts above level "trace". */

export const logLevels = ["trace", "debug", "info", "warn", "error", "off"] as const;
export type LogLevel = (typeof logLevels)[number];

export interface Logger {
  log(level: Exclude<LogLevel, "off">, message: string): void;
}

export const silentLogger: Logger = { log: () => {} };
