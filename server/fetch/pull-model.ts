/**
 * Brings a model here: asks the person, looks it up, asks again with host, bytes and licence, fetches it, and lets
 * it be a model only when its hash is the promised one and its header is sound.
 */

import { join } from "node:path";
import { makeFolder } from "../base/make-folder.ts";
import { type Confirming, confirmLookUp, confirmOffer } from "./confirm.ts";
import { FetchError } from "./fetch-error.ts";
import { type FetchPorts, fetchFile, isHere, type WantedFile } from "./fetch-file.ts";
import { holdingName } from "./hold-name.ts";
import { inTime } from "./in-time.ts";
import { bytesHere, needAllowance, needSpace, writing } from "./part-file.ts";
import { lookUp, type ModelOffer, type RepositoryOffer } from "./repository.ts";
import { withRetries } from "./retries.ts";
import { type RepositoryModel, readWantedModel } from "./wanted-model.ts";

export interface PullOptions extends Confirming, FetchPorts {
  /** The base address of the repositories. */
  readonly source: string;
  /** What the models folder may take; 0 sets no limit. */
  readonly maxGigabytes: number;
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
  const licence = offer.licence.id;
  const files = offer.parts.map((part) => ({ ...part, path: join(folder, part.file), name, licence }));
  return holdingName(options.home, offer.file, () => fetchAll({ offer, files, folder }, options, signal));
}

interface Fetching {
  readonly offer: RepositoryOffer;
  readonly files: readonly WantedFile[];
  readonly folder: string;
}

async function fetchAll(
  { offer, files, folder }: Fetching,
  options: PullOptions,
  signal: AbortSignal,
): Promise<PulledFile> {
  const missing: WantedFile[] = [];
  for (const file of files) if (!(await isHere(file, options, signal))) missing.push(file);
  const path = join(folder, offer.file);
  if (missing.length === 0) return pulled("there", path, offer, 0);
  const come = await Promise.all(missing.map((file) => bytesHere(file.path, file)));
  const whole = offer.bytes - sumOf(missing.map(({ bytes }) => bytes));
  const have = whole + sumOf(come);
  await needAllowance(folder, offer.bytes - have, options.maxGigabytes);
  await confirmOffer(offer, have, options, signal);
  await needSpace(folder, offer.bytes - have);
  const hosts = new Set(offer.hosts);
  let before = whole;
  // The first, by which the model is loaded, is the last to get its name.
  for (const file of missing.toReversed()) {
    const onProgress = ofAll(options.onProgress, { before, total: offer.bytes });
    await fetchFile(file, { ...options, hosts, onProgress }, signal);
    before += file.bytes;
  }
  return pulled("fetched", path, offer, have);
}

/** The progress of one file as that of all of them. */
function ofAll(
  onProgress: PullOptions["onProgress"],
  { before, total }: { readonly before: number; readonly total: number },
): PullOptions["onProgress"] {
  return (progress) => {
    const { phase, rate } = progress;
    const bytes = before + progress.bytes;
    if (phase === "checking") return onProgress({ ...progress, bytes, total: before + progress.total });
    const left = phase === "fetching" && rate ? { remainingMs: ((total - bytes) * 1000) / rate } : {};
    onProgress({ ...progress, bytes, total, ...left });
  };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function fileText({ repository, pick }: RepositoryModel): string {
  return pick.kind === "file" ? `${repository}/${pick.path}` : `${repository}:${pick.quant}`;
}

async function offerOf(
  name: string,
  wanted: RepositoryModel,
  options: PullOptions,
  signal: AbortSignal,
): Promise<RepositoryOffer> {
  const { client, clock, random, patience, onProgress } = options;
  const source = new URL(options.source);
  await confirmLookUp({ source, name, file: fileText(wanted), known: wanted.known }, options, signal);
  const retries = {
    clock,
    random,
    passes: ({ code }: FetchError) => code === "busy",
    moved: () => false,
    onWait: (remainingMs: number) => onProgress({ phase: "waiting", bytes: 0, total: 0, remainingMs }),
  };
  const limit = { ms: patience.lookUpMs, host: source.host };
  const look = () => inTime((soon) => lookUp(wanted, { client, source }, soon), limit, signal);
  return withRetries(look, retries, signal);
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
