/**
 * The libraries of GPU drivers that the system has, and a short text that differs after every update of them: what
 * failed with one driver may work with the next.
 */

import { createHash } from "node:crypto";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { release } from "node:os";
import { delimiter, join } from "node:path";

export interface SystemLibraries {
  /** Those that were asked for and lie in none of the usual folders. */
  readonly missing: readonly string[];
  readonly drivers: string;
}

export interface LibraryPlaces {
  readonly folders: readonly string[];
  /** What tells a loader which drivers there are: all files of a folder count. */
  readonly manifests: readonly string[];
  /** Files whose text names a version. */
  readonly versions: readonly string[];
  /** By which a person chooses among drivers and GPUs. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export async function findLibraries(
  names: readonly string[],
  places: LibraryPlaces,
): Promise<SystemLibraries> {
  const found = await Promise.all(names.map((name) => findLibrary(name, places.folders)));
  const manifests = await Promise.all(places.manifests.map(filesIn));
  const versions = await Promise.all(places.versions.map((path) => readFile(path, "utf8").catch(() => "")));
  const drivers = [found, await Promise.all(manifests.flat().map(identity)), versions];
  const seen = [release(), drivers, places.environment];
  return {
    missing: names.filter((_, index) => found[index] === undefined),
    drivers: createHash("sha256").update(JSON.stringify(seen)).digest("hex").slice(0, 16),
  };
}

async function findLibrary(name: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const found = await identity(join(folder, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A library's real name holds its version as a rule. */
async function identity(path: string): Promise<string | undefined> {
  try {
    const real = await realpath(path);
    const { size, mtimeMs } = await stat(real);
    return [real, size, mtimeMs].join(" ");
  } catch {
    return undefined;
  }
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.toSorted((a, b) => a.localeCompare(b)).map((name) => join(folder, name));
}

const choosing = [
  "LD_LIBRARY_PATH",
  "CUDA_PATH",
  "CUDA_VISIBLE_DEVICES",
  "VK_DRIVER_FILES",
  "VK_ICD_FILENAMES",
  "GGML_VK_VISIBLE_DEVICES",
];

/** Where Linux and Windows keep them, and where CUDA's installers put theirs. */
export async function libraryPlaces(env: NodeJS.ProcessEnv = process.env): Promise<LibraryPlaces> {
  const environment = Object.fromEntries(choosing.map((name) => [name, env[name]]));
  const paths = (name: string) => (env[name] ?? "").split(delimiter).filter((path) => path !== "");
  const cuda = paths("CUDA_PATH");
  if (process.platform === "win32") {
    const system = join(env["SystemRoot"] ?? "C:\\Windows", "System32");
    const folders = [...paths("PATH"), ...cuda.map((path) => join(path, "bin")), system];
    return { folders, manifests: [], versions: [], environment };
  }
  const installed = (await filesIn("/usr/local")).filter((path) => /\/cuda(?:-[\d.]+)?$/.test(path));
  const machine = { x64: "x86_64", arm64: "aarch64" }[process.arch as string] ?? process.arch;
  return {
    folders: [
      ...paths("LD_LIBRARY_PATH"),
      ...[...cuda, ...installed].flatMap((path) => [join(path, "lib64"), join(path, "lib")]),
      `/usr/lib/${machine}-linux-gnu`,
      "/usr/lib64",
      "/usr/lib",
      "/usr/lib/wsl/lib",
      "/run/opengl-driver/lib",
    ],
    manifests: ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d"],
    versions: ["/proc/driver/nvidia/version"],
    environment,
  };
}
