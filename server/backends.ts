/** Builds what chooses and fetches builds of llama.cpp for GPUs: for the runtime host, the server and the command line. */

import { systemClock } from "./base/clock.ts";
import type { Proxies } from "./base/proxies.ts";
import type { Settings } from "./config/schema.ts";
import { entryPoint } from "./entries.ts";
import type { PackagesOptions } from "./fetch/fetch-packages.ts";
import type { BackendChoice, BackendName, BackendTrial } from "./model/backend.ts";
import { dropStep } from "./model/dropped-backend.ts";
import type { LlamaCppFinding } from "./model/findings.ts";
import { BackendShelf } from "./runtime/backends/backend-shelf.ts";
import { type BackendBuild, backendBuilds, llamaVersion } from "./runtime/backends/builds.ts";
import { findLibraries, libraryPlaces } from "./runtime/backends/system-libraries.ts";
import { tryBackend, usualLimitMs } from "./runtime/backends/try-backend.ts";
import { findLlamaCpp } from "./runtime/discovery/find-llama-cpp.ts";
import { findGpuMakers } from "./runtime/discovery/gpu-makers.ts";
import { canResolvePackages } from "./runtime/embedded/fetched-packages.ts";
import type { LlamaBuilds } from "./runtime/host/model-source.ts";

export function backendShelf(home: string): BackendShelf {
  const ports = { entry: entryPoint("probe"), clock: systemClock, limitMs: usualLimitMs };
  return new BackendShelf({
    home,
    version: llamaVersion,
    builds: canResolvePackages() ? backendBuilds() : [],
    carried: process.platform === "darwin" && process.arch === "arm64" ? "metal" : "cpu",
    libraries: async (names) => findLibraries(names, await libraryPlaces()),
    makers: () => findGpuMakers(),
    attempt: (build, signal) => tryBackend(build, ports, signal),
  });
}

export interface LlamaHere {
  readonly choice: BackendChoice;
  /** What the build that is chosen finds. */
  readonly finding: LlamaCppFinding;
}

export async function llamaHere(home: string, signal: AbortSignal): Promise<LlamaHere> {
  const choice = await backendShelf(home).choose(signal);
  const finding = await findLlamaCpp({ entry: entryPoint("probe"), build: choice.build }, signal);
  return { choice, finding };
}

/** For whoever loads models. */
export function llamaBuilds(home: string): LlamaBuilds {
  const shelf = backendShelf(home);
  return {
    choose: async (signal) => {
      const { build, dropped } = await shelf.choose(signal);
      return { build, dropped: dropped.map(dropStep) };
    },
    drop: async ({ folder }, reason) => {
      const dropped = await shelf.drop(folder, reason);
      return dropped && dropStep(dropped);
    },
  };
}

export interface BackendRequest extends Pick<PackagesOptions, "ask" | "onProgress"> {
  readonly home: string;
  readonly name: BackendName;
  readonly settings: Settings;
  readonly proxy: Proxies;
}

export interface GotBackend {
  readonly state: "fetched" | "there";
  readonly bytes: number;
  readonly folder: string;
  readonly trial: BackendTrial;
}

/**
 * Fetches it where it is not here, and tries it whatever came of it before. Undefined where there is none of that
 * name for this platform. Rejects with a FetchError, or with the signal's reason.
 */
export async function getBackend(
  { name, ...request }: BackendRequest,
  signal: AbortSignal,
): Promise<GotBackend | undefined> {
  const shelf = backendShelf(request.home);
  const build = backendBuilds().find((each) => each.name === name);
  if (!build) return undefined;
  const folder = shelf.folderOf(name);
  const there = (await shelf.look()).states.some((state) => state.name === name && state.installed);
  const bytes = build.packages.reduce((sum, each) => sum + each.bytes, 0);
  if (!there) await fetchBuild(build, { ...request, folder }, signal);
  const trial = await shelf.tryAgain(name, signal);
  signal.throwIfAborted();
  return trial && { state: there ? "there" : "fetched", bytes, folder, trial };
}

async function fetchBuild(
  { name, packages }: BackendBuild,
  { settings, proxy, ...request }: Omit<BackendRequest, "name"> & { readonly folder: string },
  signal: AbortSignal,
): Promise<void> {
  // Only this goes to the world, and what it takes for that is slow to load.
  const [{ fetchPackages }, { usualPatience }, { WebClient }] = await Promise.all([
    import("./fetch/fetch-packages.ts"),
    import("./fetch/transfer.ts"),
    import("./fetch/web-client.ts"),
  ]);
  const client = new WebClient(proxy);
  try {
    const options = {
      ...request,
      name,
      packages,
      registry: settings["models.packages"],
      offline: settings["privacy.offline"],
      client,
      clock: systemClock,
      random: Math.random,
      now: () => new Date(),
      patience: usualPatience,
    };
    await fetchPackages(options, signal);
  } finally {
    client.dispose();
  }
}
