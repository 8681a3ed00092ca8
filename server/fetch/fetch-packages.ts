/**
 * Brings packages of npm's registry into one folder: asks the person with host, bytes and licence, goes on where an
 * earlier try stopped, and unpacks nothing whose SHA-512 is not the promised one. The folder is there whole or not.
 */

import { rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { makeFolder } from "../base/make-folder.ts";
import type { PinnedPackage } from "../model/pinned-package.ts";
import { needYes } from "./confirm.ts";
import { FetchError } from "./fetch-error.ts";
import type { FetchAnswer } from "./fetch-question.ts";
import { holdingName } from "./hold-name.ts";
import { Licences } from "./licences.ts";
import { bytesHere, forgetPart, needSpace, PartFile, type PartState, writing } from "./part-file.ts";
import { type Patience, transferWhole } from "./transfer.ts";
import type { TransferProgress } from "./transfer-progress.ts";
import { unpack } from "./unpack.ts";
import type { WebClient } from "./web-client.ts";

/** What a person is asked before anything is fetched. */
export interface PackagesQuestion {
  readonly packages: readonly PinnedPackage[];
  readonly host: string;
  readonly bytes: number;
  /** Bytes that are here already. */
  readonly have: number;
  readonly unpackedBytes: number;
}

export interface PackagesOptions {
  readonly home: string;
  /** What all of it is called. */
  readonly name: string;
  readonly packages: readonly PinnedPackage[];
  /** Gets a `node_modules` with the packages; what is there already is replaced. */
  readonly folder: string;
  /** The base address of the registry. */
  readonly registry: string;
  /** Nothing is asked of a host without the person's word. */
  readonly offline: boolean;
  readonly client: WebClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly now: () => Date;
  readonly patience: Patience;
  readonly ask: (question: PackagesQuestion, signal: AbortSignal) => Promise<FetchAnswer>;
  readonly onProgress: (progress: TransferProgress) => void;
}

export interface FetchedPackages {
  readonly bytes: number;
  /** Bytes that an earlier try had brought. */
  readonly resumedFrom: number;
}

/** Rejects with a FetchError, or with the signal's reason; what has come by then is kept. */
export async function fetchPackages(options: PackagesOptions, signal: AbortSignal): Promise<FetchedPackages> {
  const store = dirname(options.folder);
  await writing(store, () => makeFolder(store));
  return holdingName(options.home, options.name, () => fetchAll(options, signal));
}

async function fetchAll(options: PackagesOptions, signal: AbortSignal): Promise<FetchedPackages> {
  const { folder, packages } = options;
  const parts = packages.map((wanted) => partOf(wanted, options));
  const have = sum(await Promise.all(parts.map(({ target, state }) => bytesHere(target, state))));
  const bytes = sum(packages.map((each) => each.bytes));
  const unpackedBytes = sum(packages.map((each) => each.unpackedBytes));
  const { host } = new URL(options.registry);
  await confirm({ packages, host, bytes, have, unpackedBytes }, options, signal);
  await needSpace(dirname(folder), bytes - have + unpackedBytes);
  await bring(parts, { bytes, host }, options, signal);
  await install(parts, folder, signal);
  for (const { target } of parts) await forgetPart(target);
  return { bytes, resumedFrom: have };
}

interface Part {
  readonly wanted: PinnedPackage;
  readonly state: PartState;
  /** The name under which it is kept as long as it is not unpacked. */
  readonly target: string;
}

/** Every registry has the archives of npm's own at the same place. */
function partOf(wanted: PinnedPackage, { registry, folder }: PackagesOptions): Part {
  const { name, version, integrity, bytes } = wanted;
  const bare = name.slice(name.indexOf("/") + 1);
  const file = `${bare}-${version}.tgz`;
  const url = new URL(`${name}/-/${file}`, registry.endsWith("/") ? registry : `${registry}/`).href;
  const sha512 = Buffer.from(integrity.slice("sha512-".length), "base64").toString("hex");
  return { wanted, state: { url, bytes, sha512 }, target: join(dirname(folder), file) };
}

async function confirm(
  question: PackagesQuestion,
  { home, name, offline, ask, now }: PackagesOptions,
  signal: AbortSignal,
): Promise<void> {
  const licences = new Licences(home);
  const terms = [...new Set(question.packages.map(({ licence }) => licence))].map((id) => ({
    licence: { id },
    repository: name,
  }));
  const accepted = await Promise.all(terms.map((each) => licences.accepted(each)));
  if (!offline && !accepted.includes(false)) return;
  needYes(await ask(question, signal), question.host);
  for (const each of terms) await licences.accept(each, now().toISOString());
}

interface Whole {
  readonly bytes: number;
  readonly host: string;
}

/** One after the other, told as one. */
async function bring(
  parts: readonly Part[],
  { bytes: total, host }: Whole,
  options: PackagesOptions,
  signal: AbortSignal,
): Promise<void> {
  const { client, clock, random, patience, onProgress } = options;
  let before = 0;
  for (const { wanted, state, target } of parts) {
    const done = before;
    const tell = (progress: TransferProgress) =>
      onProgress({ ...progress, bytes: done + progress.bytes, total });
    const onChecked = (bytes: number) => tell({ phase: "checking", bytes, total });
    const part = await PartFile.open(target, state, { onChecked }, signal);
    const hosts = new Set([host]);
    const ports = { client, hosts, clock, random, patience, onProgress: tell };
    if ((await transferWhole({ ...ports, part }, signal)) !== state.sha512) {
      await forgetPart(target);
      throw new FetchError("wrong-hash", { values: [`${wanted.name} ${wanted.version}`] });
    }
    before += wanted.bytes;
  }
}

/** What lies at `folder` has always been unpacked to the end. */
async function install(parts: readonly Part[], folder: string, signal: AbortSignal): Promise<void> {
  const fresh = `${folder}.new`;
  await rm(fresh, { recursive: true, force: true });
  try {
    for (const { wanted, target } of parts) {
      signal.throwIfAborted();
      const { name, unpackedBytes } = wanted;
      const into = join(fresh, "node_modules", name);
      await writing(into, () => makeFolder(into));
      await unpack({ path: `${target}.part`, name, unpackedBytes }, into);
    }
    await writing(folder, async () => {
      await rm(folder, { recursive: true, force: true });
      await rename(fresh, folder);
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
