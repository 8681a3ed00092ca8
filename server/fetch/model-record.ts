/** What is known of a model file that Hearth brought here: `FILE.json` beside it, in the folder of models. */

import { readFile, rename, writeFile } from "node:fs/promises";
import * as v from "valibot";
import { writing } from "./part-file.ts";

const recordSchema = v.object({
  bytes: v.number(),
  sha256: v.string(),
  /** An address, or the path of an imported file. */
  source: v.string(),
  licence: v.optional(v.string()),
  /** ISO 8601. */
  at: v.string(),
});
export type ModelRecord = Readonly<v.InferOutput<typeof recordSchema>>;

/** `model`: the path of the file. Undefined where somebody else put it there. */
export async function readRecord(model: string): Promise<ModelRecord | undefined> {
  const text = await readFile(`${model}.json`, "utf8").catch(() => "");
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), recordSchema), text);
  return parsed.success ? parsed.output : undefined;
}

export async function writeRecord(model: string, record: ModelRecord): Promise<void> {
  await writing(model, async () => {
    await writeFile(`${model}.json.new`, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
    await rename(`${model}.json.new`, `${model}.json`);
  });
}
