/**
 * The processes that a host has started, each in a file that only its owner can read. A host that was killed leaves
 * them behind; the next one ends those whose host is gone, and no other process.
 */

import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { makeFolder } from "../../base/make-folder.ts";
import { endProcess } from "./end-process.ts";
import { isRunning } from "./process-identity.ts";

const identitySchema = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(2)),
  startedAt: v.pipe(v.string(), v.minLength(1)),
});
const recordSchema = v.object({
  ...identitySchema.entries,
  name: v.string(),
  port: v.number(),
  key: v.string(),
  host: identitySchema,
});
export type ProcessRecord = Readonly<v.InferOutput<typeof recordSchema>>;

export class ProcessRecords {
  readonly #folder: string;

  /** `run`: the folder of sockets and keys, which only its owner can enter. */
  constructor(run: string) {
    this.#folder = join(run, "processes");
  }

  async write(record: ProcessRecord): Promise<void> {
    await makeFolder(this.#folder);
    const path = this.#path(record.pid);
    await rm(path, { force: true });
    await writeFile(path, JSON.stringify(record), { mode: 0o600, flag: "wx" });
  }

  remove(pid: number): Promise<void> {
    return rm(this.#path(pid), { force: true });
  }

  async list(): Promise<readonly ProcessRecord[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const records = await Promise.all(names.map((name) => readRecord(join(this.#folder, name))));
    return records.filter((record) => record !== undefined);
  }

  /** Ends what dead hosts have left, and returns it. */
  async cleanUp(): Promise<readonly ProcessRecord[]> {
    const ended: ProcessRecord[] = [];
    for (const record of await this.list()) {
      if (await isRunning(record.host)) continue;
      if (await isRunning(record)) {
        await endProcess(record.pid);
        ended.push(record);
      }
      await this.remove(record.pid);
    }
    return ended;
  }

  #path(pid: number): string {
    return join(this.#folder, `${pid}.json`);
  }
}

/** Undefined for what no host has written in full. */
async function readRecord(path: string): Promise<ProcessRecord | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  const record = v.safeParse(v.pipe(v.string(), v.parseJson(), recordSchema), text);
  return record.success ? record.output : undefined;
}
