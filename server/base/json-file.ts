/** Small JSON files of our own: what cannot be read counts as none, and what is written is there whole or not. */

import { randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import * as v from "valibot";

/** Undefined where there is no such file, or one that does not have this form. */
export async function readJsonFile<Schema extends v.GenericSchema>(
  path: string,
  schema: Schema,
): Promise<v.InferOutput<Schema> | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
  return parsed.success ? parsed.output : undefined;
}

/** For its owner alone. Of several that write at once, in any processes, one wins. Rejects as the file system does. */
export async function writeJsonFile(path: string, value: unknown): Promise<void> {
  const fresh = `${path}.${randomUUID()}.new`;
  try {
    await writeFile(fresh, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600, flag: "wx" });
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}
