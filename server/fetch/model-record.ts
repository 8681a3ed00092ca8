/** What is known of a model file that Hearth brought here: `FILE.json` beside it, in the folder of models. */

import * as v from "valibot";
import { readJsonFile, writeJsonFile } from "../base/json-file.ts";
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
export function readRecord(model: string): Promise<ModelRecord | undefined> {
  return readJsonFile(`${model}.json`, recordSchema);
}

export function writeRecord(model: string, record: ModelRecord): Promise<void> {
  return writing(model, () => writeJsonFile(`${model}.json`, record));
}
