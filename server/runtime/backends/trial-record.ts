/** What came of trying a build, kept so that one that crashes is not tried again with the same drivers. */

import { readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import * as v from "valibot";
import { makeFolder } from "../../base/make-folder.ts";
import type { BackendTrial } from "../../model/backend.ts";

const trialSchema = v.variant("kind", [
  v.object({ kind: v.literal("works"), devices: v.array(v.string()), memoryBytes: v.number() }),
  v.object({ kind: v.literal("no-memory") }),
  v.object({ kind: v.picklist(["refused", "crashed"]), reason: v.string() }),
  v.object({ kind: v.literal("hung"), seconds: v.number() }),
]);
const recordSchema = v.object({
  /** What was tried: each package with its hash. */
  packages: v.string(),
  drivers: v.string(),
  trial: trialSchema,
});
export type TrialRecord = Readonly<Omit<v.InferOutput<typeof recordSchema>, "trial">> & {
  readonly trial: BackendTrial;
};

export async function readTrial(path: string): Promise<TrialRecord | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), recordSchema), text);
  return parsed.success ? parsed.output : undefined;
}

export async function writeTrial(path: string, record: TrialRecord): Promise<void> {
  await makeFolder(dirname(path));
  const written = `${path}.${process.pid}.new`;
  await writeFile(written, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  await rename(written, path);
}
