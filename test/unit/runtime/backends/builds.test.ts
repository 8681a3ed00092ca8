/** The builds that `binaries.json` pins, and the drivers that what came of trying them holds for. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import {
  backendBuilds,
  backends,
  llamaVersion,
  packages,
} from "../../../../server/runtime/backends/builds.ts";
import { findLibraries, type LibraryPlaces } from "../../../../server/runtime/backends/system-libraries.ts";
import { findGpuMakers } from "../../../../server/runtime/discovery/gpu-makers.ts";

describe("the builds for GPUs", () => {
  const installed = JSON.parse(readFileSync("node_modules/node-llama-cpp/package.json", "utf8")) as {
    readonly version: string;
    readonly optionalDependencies: Readonly<Record<string, string>>;
  };

  it("are those that the installed node-llama-cpp asks for, in its version", () => {
    assert.equal(llamaVersion, installed.version);
    for (const name of Object.keys(packages))
      assert.equal(installed.optionalDependencies[name], llamaVersion, name);
  });

  it("are all there: of every package that it knows for a GPU beside what a VSIX carries", () => {
    const wanted = Object.keys(installed.optionalDependencies).filter((name) => /cuda|vulkan/.test(name));
    assert.deepEqual(Object.keys(packages).toSorted(), wanted.toSorted());
  });

  it("are there for Linux and Windows, the best first", () => {
    assert.deepEqual(Object.keys(backends), ["linux-x64", "win32-x64"]);
    for (const target of Object.keys(backends)) {
      const builds = backendBuilds(target);
      assert.deepEqual(
        builds.map(({ name, gpu }) => [name, gpu]),
        [
          ["cuda", "cuda"],
          ["cuda-12", "cuda"],
          ["vulkan", "vulkan"],
        ],
      );
    }
    assert.deepEqual(backendBuilds("linux-arm64"), []);
  });
});

describe("the libraries of drivers", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hearth-drivers-"));
    await mkdir(join(folder, "icd.d"));
    await writeFile(join(folder, "libvulkan.so.1"), "1");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const places = (environment = {}): LibraryPlaces => ({
    folders: [join(folder, "none"), folder],
    manifests: [join(folder, "icd.d")],
    versions: [join(folder, "version")],
    environment,
  });
  const find = (environment = {}) => findLibraries(["libvulkan.so.1", "libcuda.so.1"], places(environment));

  it("says which are missing", async () => {
    assert.deepEqual((await find()).missing, ["libcuda.so.1"]);
  });

  const changes: Readonly<Record<string, () => Promise<void>>> = {
    "another library": () => writeFile(join(folder, "libvulkan.so.1"), "12"),
    "a new library": () => writeFile(join(folder, "libcuda.so.1"), ""),
    "a new driver": () => writeFile(join(folder, "icd.d", "gpu.json"), "{}"),
    "a new version": () => writeFile(join(folder, "version"), "550"),
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`tells ${what} from what was there`, async () => {
      const before = await find();
      assert.deepEqual(await find(), before);
      await change();
      assert.notEqual((await find()).drivers, before.drivers);
    });
  }

  it("tells another choice of GPU", async () => {
    assert.notEqual((await find({ CUDA_VISIBLE_DEVICES: "1" })).drivers, (await find()).drivers);
  });

  it("sees whose GPUs there are, by their numbers and by drivers", async () => {
    for (const [card, vendor] of [
      ["card0", "0x8086"],
      ["card1", "0x1002"],
      ["card1-DP-1", "0x10de"],
    ] as const) {
      await mkdir(join(folder, card, "device"), { recursive: true });
      await writeFile(join(folder, card, "device", "vendor"), `${vendor}\n`);
    }
    const signs = { NVIDIA: [join(folder, "version")] };
    assert.deepEqual(await findGpuMakers({ devices: folder, signs }), ["AMD", "Intel"]);
    await writeFile(join(folder, "version"), "550");
    assert.deepEqual(await findGpuMakers({ devices: folder, signs }), ["NVIDIA", "AMD", "Intel"]);
    assert.deepEqual(await findGpuMakers({ devices: join(folder, "none"), signs: {} }), []);
  });
});
