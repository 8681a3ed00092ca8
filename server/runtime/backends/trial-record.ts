/** What came of trying a build, kept so that one that crashes is not tried again with the same drivers. */

import { dirname } from "node:path";
import * as v from "valibot";
import { readJsonFile, writeJsonFile } from "../../base/json-file.ts";
import { makeFolder } from "../../base/make-folder.ts";
import type { BackendTrial } from "../../model/backend.ts";

const trialSchema = v.variant("kind", [
  v.object({ kind: v.literal("works"), devices: v.array(v.string()), memoryBytes: v.number() }),
  v.object({ kind: v.literal("no-memory") }),
  v.object({ kind: v.picklist(["refused", "crashed", "crashed-loading"]), reason: v.string() }),
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

/** An editor and a shell may see other drivers, and each keeps what it found. */
const mostKept = 8;

export async function readTrials(path: string): Promise<readonly TrialRecord[]> {
  return (await readJsonFile(path, v.array(recordSchema))) ?? [];
}

/** In place of what was known with the same drivers. */
export async function writeTrial(path: string, record: TrialRecord): Promise<void> {
  await makeFolder(dirname(path));
  const others = (await readTrials(path)).filter(({ drivers }) => drivers !== record.drivers);
  await writeJsonFile(path, [record, ...others].slice(0, mostKept));
}
