/** Copies files and folders, named from one root, to the same names under another. */

import { cpSync } from "node:fs";
import { join } from "node:path";

export function copyFiles(paths: readonly string[], from: string, to: string): void {
  for (const path of paths) cpSync(join(from, path), join(to, path), { recursive: true, dereference: true });
}
