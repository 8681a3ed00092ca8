/** Brings one file of a model here, and lets it have its name only when its hash is the promised one. */

import { rename } from "node:fs/promises";
import type { Clock } from "../base/clock.ts";
import { readGgufFile } from "../model/gguf.ts";
import { isLaterPart } from "../model/gguf-parts.ts";
import { FetchError } from "./fetch-error.ts";
import { hashFile } from "./hash-file.ts";
import { type ModelRecord, readRecord, writeRecord } from "./model-record.ts";
import { bytesHere, forgetPart, PartFile, setAside, sizeOf, writing } from "./part-file.ts";
import type { OfferedFile } from "./repository.ts";
import { type Patience, transferWhole } from "./transfer.ts";
import type { TransferProgress } from "./transfer-progress.ts";
import type { WebClient } from "./web-client.ts";

export interface WantedFile extends OfferedFile {
  /** Where it is to lie. */
  readonly path: string;
  /** What the person had named. */
  readonly name: string;
  readonly licence: string;
}

export interface FetchPorts {
  readonly client: WebClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly now: () => Date;
  readonly patience: Patience;
  readonly onProgress: (progress: TransferProgress) => void;
}

/** Whether it is here, with every byte; another file under its name is an error. */
export async function isHere(
  wanted: WantedFile,
  { now, onProgress }: Pick<FetchPorts, "now" | "onProgress">,
  signal: AbortSignal,
): Promise<boolean> {
  const { path, file, bytes, sha256 } = wanted;
  const size = await sizeOf(path);
  if (size === 0) return false;
  const record = await readRecord(path);
  const onRead = (read: number) => onProgress({ phase: "checking", bytes: read, total: size });
  const same = size === bytes && (record?.sha256 ?? (await hashFile(path, onRead, signal))) === sha256;
  if (!same) throw new FetchError("exists", { values: [file] });
  if (!record) await writeRecord(path, recordOf(wanted, now()));
  await forgetPart(path);
  return true;
}

/** `hosts`: those that the person has confirmed. Of a model in several files the first comes last. */
export async function fetchFile(
  wanted: WantedFile,
  { hosts, now, ...ports }: FetchPorts & { readonly hosts: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<void> {
  const { path, url, bytes, sha256, name } = wanted;
  const total = await bytesHere(path, wanted);
  const onChecked = (checked: number) => ports.onProgress({ phase: "checking", bytes: checked, total });
  const part = await PartFile.open(path, { url, bytes, sha256, name }, { onChecked }, signal);
  const digest = await transferWhole({ ...ports, hosts, part }, signal);
  if (digest !== sha256) throw new FetchError("wrong-hash", { values: [await setAside(path)] });
  if (!isLaterPart(path)) await needModel(path);
  await writeRecord(path, recordOf(wanted, now()));
  await writing(path, () => rename(`${path}.part`, path));
  await forgetPart(path);
}

/** The header is read before the file gets the name under which a runtime would load it. */
async function needModel(path: string): Promise<void> {
  try {
    await readGgufFile(`${path}.part`);
  } catch (error) {
    throw new FetchError("not-a-model", { values: [await setAside(path)], cause: error });
  }
}

function recordOf({ bytes, sha256, url: source, licence }: WantedFile, at: Date): ModelRecord {
  return { bytes, sha256, source, licence, at: at.toISOString() };
}
