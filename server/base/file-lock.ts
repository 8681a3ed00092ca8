/**
 * A lock of the operating system that dies with its process, however that dies. Node has no file lock of its
 * own, SQLite's exclusive transaction is one.
 */

import { DatabaseSync } from "node:sqlite";
import type { Disposable } from "./disposable.ts";

/** The lock, or undefined when another process holds it. */
export function tryLock(path: string): Disposable | undefined {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  return { dispose: () => database.close() };
}

const sqliteBusy = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === sqliteBusy;
}
