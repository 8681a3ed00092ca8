/**
 * Brings a model here: asks the person, looks it up, asks again with host, bytes and licence, fetches it, and lets
 * it be a model only when its hash is the promised one and its header is sound.
 */

import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { tryLock } from "../base/file-lock.ts";
import { makeFolder } from "../base/make-folder.ts";
import { readGgufFile } from "../model/gguf.ts";
import { type Confirming, confirmLookUp, confirmOffer } from "./confirm.ts";
import { FetchError } from "./fetch-error.ts";
import { hashFile } from "./hash-file.ts";
import { lockPath } from "./model-folder.ts";
import { readRecord, writeRecord } from "./model-record.ts";
import { forgetPart, isSame, needSpace, PartFile, readState, sizeOf, writing } from "./part-file.ts";
import { lookUp, type ModelOffer } from "./repository.ts";
import { withRetries } from "./retries.ts";
import { type Patience, transfer } from "./transfer.ts";
import type { TransferProgress } from "./transfer-progress.ts";
import { readWantedModel, type WantedModel } from "./wanted-model.ts";
import type { WebClient } from "./web-client.ts";

export interface PullOptions extends Confirming {
  /** The base address of the repositories. */
  readonly source: string;
  readonly client: WebClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly patience: Patience;
  readonly onProgress: (progress: TransferProgress) => void;
}

export interface PulledModel {
  /** `there`: nothing had to be fetched. */
  readonly state: "fetched" | "there";
  /** As a role names it. */
  readonly model: string;
  readonly bytes: number;
  readonly licence: string;
}

/** One that is kept here. */
export interface PulledFile extends PulledModel {
  readonly path: string;
  readonly file: string;
  readonly sha256: string;
  /** Bytes that an earlier try had brought. */
  readonly resumedFrom: number;
}

/** Rejects with a FetchError, or with the signal's reason; what has come by then is kept. */
export async function pullModel(
  name: string,
  options: PullOptions,
  signal: AbortSignal,
): Promise<PulledFile> {
  const wanted = readWantedModel(name);
  const offer = await offerOf(name, wanted, options, signal);
  const folder = join(options.home, "models");
  await writing(folder, () => makeFolder(folder));
  await writing(options.home, () => makeFolder(join(options.home, "run")));
  const lock = tryLock(lockPath(options.home, offer.file));
  if (!lock) throw new FetchError("taken", { values: [offer.file] });
  try {
    const path = join(folder, offer.file);
    const there = await alreadyThere(path, offer, options, signal);
    if (there) return there;
    return await fetchOffer({ name, offer, path, folder }, options, signal);
  } finally {
    lock.dispose();
  }
}

async function offerOf(
  name: string,
  wanted: WantedModel,
  options: PullOptions,
  signal: AbortSignal,
): Promise<ModelOffer> {
  const { client, clock, random, onProgress } = options;
  const source = new URL(options.source);
  await confirmLookUp({ source, name, known: wanted.known }, options, signal);
  const retries = {
    clock,
    random,
    passes: ({ code }: FetchError) => code === "busy",
    moved: () => false,
    onWait: (remainingMs: number) => onProgress({ phase: "waiting", bytes: 0, total: 0, remainingMs }),
  };
  return withRetries(() => lookUp(wanted, { client, source }, signal), retries, signal);
}

/** A file that is there under the name: the same one, or one that is in the way. */
async function alreadyThere(
  path: string,
  offer: ModelOffer,
  { now, onProgress }: PullOptions,
  signal: AbortSignal,
): Promise<PulledFile | undefined> {
  const size = await sizeOf(path);
  if (size === 0) return undefined;
  const record = await readRecord(path);
  const onRead = (bytes: number) => onProgress({ phase: "checking", bytes, total: size });
  const same =
    size === offer.bytes && (record?.sha256 ?? (await hashFile(path, onRead, signal))) === offer.sha256;
  if (!same) throw new FetchError("exists", { values: [offer.file] });
  if (!record) await writeRecord(path, recordOf(offer, now()));
  await forgetPart(path);
  return pulled("there", path, offer, 0);
}

interface Fetching {
  readonly name: string;
  readonly offer: ModelOffer;
  readonly path: string;
  readonly folder: string;
}

async function fetchOffer(
  { name, offer, path, folder }: Fetching,
  options: PullOptions,
  signal: AbortSignal,
): Promise<PulledFile> {
  const { client, clock, random, patience, onProgress } = options;
  const have = await comeAlready(path, offer);
  await confirmOffer(offer, have, options, signal);
  await needSpace(folder, offer.bytes - have);
  const { url, bytes, sha256 } = offer;
  const onChecked = (checked: number) => onProgress({ phase: "checking", bytes: checked, total: have });
  const part = await PartFile.open(path, { url, bytes, sha256, name }, { onChecked }, signal);
  const resumedFrom = part.size;
  const digest = await (async () => {
    try {
      const hosts = new Set(offer.hosts);
      await transfer({ client, part, hosts, clock, random, patience, onProgress }, signal);
    } catch (error) {
      await part.close();
      throw error;
    }
    return part.finish();
  })();
  if (digest !== sha256) throw new FetchError("wrong-hash", { values: [await setAside(path)] });
  await needModel(path);
  await writeRecord(path, recordOf(offer, options.now()));
  await writing(path, () => rename(`${path}.part`, path));
  await forgetPart(path);
  return pulled("fetched", path, offer, resumedFrom);
}

async function comeAlready(path: string, { sha256, bytes }: ModelOffer): Promise<number> {
  const state = await readState(`${path}.part`);
  return isSame(state, { sha256, bytes }) ? await sizeOf(`${path}.part`) : 0;
}

/** The header is read before the file gets the name under which a runtime would load it. */
async function needModel(path: string): Promise<void> {
  try {
    await readGgufFile(`${path}.part`);
  } catch (error) {
    throw new FetchError("not-a-model", { values: [await setAside(path)], cause: error });
  }
}

async function setAside(path: string): Promise<string> {
  const aside = `${path}.wrong`;
  await writing(aside, () => rename(`${path}.part`, aside));
  await forgetPart(path);
  return aside;
}

function recordOf(offer: ModelOffer, at: Date) {
  const { bytes, sha256, url: source, licence } = offer;
  return { bytes, sha256, source, licence: licence.id, at: at.toISOString() };
}

function pulled(
  state: PulledModel["state"],
  path: string,
  { file, bytes, sha256, licence }: ModelOffer,
  resumedFrom: number,
): PulledFile {
  const model = `embedded/${file.replace(/\.gguf$/i, "")}`;
  return { state, model, path, file, bytes, sha256, licence: licence.id, resumedFrom };
}
