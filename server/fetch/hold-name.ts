/** Whoever writes under a name of the models folder or of the builds holds it, in all processes of a HEARTH_HOME. */

import { join } from "node:path";
import { tryLock } from "../base/file-lock.ts";
import { makeFolder } from "../base/make-folder.ts";
import { FetchError } from "./fetch-error.ts";
import { writing } from "./part-file.ts";

/** Rejects with a FetchError where somebody else holds `name`. */
export async function holdingName<T>(home: string, name: string, work: () => Promise<T>): Promise<T> {
  await writing(home, () => makeFolder(join(home, "run")));
  const lock = tryLock(join(home, "run", `pull-${name}.lock`));
  if (!lock) throw new FetchError("taken", { values: [name] });
  try {
    return await work();
  } finally {
    lock.dispose();
  }
}
