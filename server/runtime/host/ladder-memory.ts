/**
 * What is kept of the ways down, in a file of HEARTH_HOME. Only the host writes it. A file that cannot be read or
 * written costs a try that fails, and nothing else.
 */

import { readFile, rename, writeFile } from "node:fs/promises";
import * as v from "valibot";
import type { Logger } from "../../base/log.ts";
import { type Remembered, rememberedSchema } from "../ladder/remembered.ts";

export interface LadderMemory {
  read(id: string): Promise<Remembered | undefined>;
  write(id: string, remembered: Remembered): Promise<void>;
  forget(id: string): Promise<void>;
  forgetAll(): Promise<void>;
}

/** Of models that are long gone, the oldest first. */
const mostKept = 64;

const fileSchema = v.pipe(v.string(), v.parseJson(), v.record(v.string(), rememberedSchema));
type Kept = v.InferOutput<typeof fileSchema>;

export function ladderMemory(path: string, log: Logger): LadderMemory {
  const read = async (): Promise<Kept> => {
    const kept = v.safeParse(fileSchema, await readFile(path, "utf8").catch(() => "{}"));
    return kept.success ? kept.output : {};
  };
  const write = async (kept: Kept): Promise<void> => {
    const newest = Object.entries(kept).toSorted(([, a], [, b]) => b.at - a.at);
    try {
      await writeFile(`${path}.new`, JSON.stringify(Object.fromEntries(newest.slice(0, mostKept))), {
        mode: 0o600,
      });
      await rename(`${path}.new`, path);
    } catch (error) {
      log.log("warn", `What memory holds could not be kept: ${String(error)}`);
    }
  };
  // One after the other: each writes what it has read.
  let last = Promise.resolve();
  const change = (to: (kept: Kept) => Kept): Promise<void> => {
    last = last.then(async () => write(to(await read())));
    return last;
  };
  return {
    read: async (id) => {
      await last;
      return (await read())[id];
    },
    write: (id, remembered) => change((kept) => ({ ...kept, [id]: remembered })),
    forget: (id) => change((kept) => Object.fromEntries(Object.entries(kept).filter(([key]) => key !== id))),
    forgetAll: () => change(() => ({})),
  };
}

const nothing = () => Promise.resolve(undefined);
/** For one who only looks, and learns nothing. */
export const noMemory: LadderMemory = { read: nothing, write: nothing, forget: nothing, forgetAll: nothing };
