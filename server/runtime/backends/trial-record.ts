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

/** An editor and a shell may see other drivers, and each keeps what it found. */
const mostKept = 8;

export async function readTrials(path: string): Promise<readonly TrialRecord[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), v.array(recordSchema)), text);
  return parsed.success ? parsed.output : [];
}

/** In place of what was known with the same drivers. */
export async function writeTrial(path: string, record: TrialRecord): Promise<void> {
  await makeFolder(dirname(path));
  const others = (await readTrials(path)).filter(({ drivers }) => drivers !== record.drivers);
  const written = `${path}.${process.pid}.new`;
  const kept = [record, ...others].slice(0, mostKept);
  await writeFile(written, `${JSON.stringify(kept, undefined, 2)}\n`, { mode: 0o600 });
  await rename(written, path);
}
