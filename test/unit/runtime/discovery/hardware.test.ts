/** What is read of this machine's GPUs and processor, from what drivers and the system say. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { LlamaCppFinding } from "../../../../server/model/findings.ts";
import { gib } from "../../../../server/model/plan/hardware.ts";
import { unknownGpuBandwidth } from "../../../../server/model/plan/imagined-hardware.ts";
import { findHardware } from "../../../../server/runtime/discovery/find-hardware.ts";
import { askNvidiaSmi, parseNvidiaSmi } from "../../../../server/runtime/discovery/nvidia-smi.ts";
import { instructionsIn } from "../../../../server/runtime/discovery/processor-instructions.ts";

const never = new AbortController().signal;
const works: LlamaCppFinding = {
  kind: "works",
  release: "b1",
  gpu: "none",
  physicalCores: 6,
  freeBytes: gib,
};

describe("nvidia-smi", () => {
  it("names each GPU with its memory", () =>
    assert.deepEqual(
      parseNvidiaSmi("NVIDIA GeForce RTX 4090, 24564, 23000\nNVIDIA H100 80GB HBM3, 81559, [N/A]\n"),
      [
        {
          name: "NVIDIA GeForce RTX 4090",
          memoryBytes: 24564 * 1024 ** 2,
          bandwidth: 1008e9,
          othersBytes: 1564 * 1024 ** 2,
        },
        { name: "NVIDIA H100 80GB HBM3", memoryBytes: 81559 * 1024 ** 2, bandwidth: 3350e9 },
      ],
    ));
  it("does not count what we have loaded ourselves as used by others", () => {
    const own = new Map([["GPU-1", 6000 * 1024 ** 2]]);
    const [gpu] = parseNvidiaSmi("NVIDIA GeForce RTX 4090, 24564, 16564, GPU-1\n", own);
    assert.equal(gpu?.othersBytes, 2000 * 1024 ** 2);
  });
  it("may know a GPU that the table does not", () =>
    assert.equal(parseNvidiaSmi("NVIDIA Thing 1, 8192, 8000")[0]?.bandwidth, unknownGpuBandwidth));
  it("says nothing in lines of another kind", () =>
    assert.deepEqual(parseNvidiaSmi("No devices were found\nX, [N/A]\n\n"), []));
  it("need not be there", async () =>
    assert.deepEqual(await askNvidiaSmi(never, { program: "no-such-program" }), []));
});

describe("the processor", () => {
  const check = (text: string, architecture: string, names: readonly string[]) =>
    assert.deepEqual(instructionsIn(text, architecture), names);
  it("of x64", () =>
    check("processor\t: 0\nflags\t\t: fpu sse2 avx avx2 fma avx512f\n", "x64", [
      "avx",
      "avx2",
      "fma",
      "avx512",
    ]));
  it("of arm64", () => check("Features\t: fp asimd asimddp\n", "arm64", ["neon", "dotprod"]));
  it("of arm64 that says nothing", () => check("", "arm64", ["neon"]));
  it("of x64 that says nothing", () => check("", "x64", []));
});

describe("this machine", () => {
  it("has the memory that the system has, and the cores that llama.cpp counts", async () => {
    const { ramBytes, cores } = await findHardware({ llamaCpp: async () => works }, never);
    assert.ok(ramBytes > gib / 4);
    assert.equal(cores, 6);
  });
  it("can be looked at without llama.cpp", async () => {
    const llamaCpp = async () => ({ kind: "broken", reason: "no" }) as const;
    assert.ok((await findHardware({ llamaCpp }, never)).cores >= 1);
  });
});
