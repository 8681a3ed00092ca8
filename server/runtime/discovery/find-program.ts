/** Where a program lies: the first folder of PATH that has a file of its name which can be run. */

import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

export async function findProgram(name: string, searchPath: string): Promise<string | undefined> {
  const file = process.platform === "win32" ? `${name}.exe` : name;
  for (const folder of searchPath.split(delimiter)) {
    const path = join(folder, file);
    if (folder !== "" && (await canRun(path))) return path;
  }
  return undefined;
}

export async function canRun(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
