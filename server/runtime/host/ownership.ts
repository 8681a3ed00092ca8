/** Who a file or folder belongs to, and who else can reach it. Windows has neither in this form. */

import type { Stats } from "node:fs";

/** Our user id; undefined on Windows. */
export function own(): number | undefined {
  return process.platform === "win32" ? undefined : process.geteuid?.();
}

export function isOurs({ uid }: Stats): boolean {
  return own() === undefined || uid === own();
}

export function writableByOthers({ mode }: Stats): boolean {
  return own() !== undefined && (mode & 0o022) !== 0;
}

/** A file of ours that nobody else can read or write. */
export function isSecret(stats: Stats): boolean {
  return stats.isFile() && isOurs(stats) && (own() === undefined || (stats.mode & 0o077) === 0);
}
