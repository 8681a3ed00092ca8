/** What is read of this machine's GPUs and processor, from what drivers and the system say. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "mocha";
import type { LlamaCppFinding } from "../../../../server/model/findings.ts";
import { gib } from "../../../../server/model/plan/hardware.ts";
import { unknownGpuBandwidth } from "../../../../server/model/plan/imagined-hardware.ts";
import { findHardware } from "../../../../server/runtime/discovery/find-hardware.ts";
import { askNvidiaSmi, parseNvidiaSmi } from "../../../../server/runtime/discovery/nvidia-smi.ts";
import { instructionsIn } from "../../../../server/runtime/discovery/processor-instructions.ts";
import { describeNeeds, posix } from "../../../support/needs.ts";

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

describeNeeds(posix, "AMD's cards", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "hearth-amd-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }

  /** As the kernel lays it out: the card's folder of its device is a link to its place on the bus. */
  function card(name: string, address: string, [total, used]: readonly [number, number]): void {
    write(`bus/${address}/mem_info_vram_total`, `${total}\n`);
    write(`bus/${address}/mem_info_vram_used`, `${used}\n`);
    mkdirSync(join(folder, "drm", name), { recursive: true });
    symlinkSync(join(folder, "bus", address), join(folder, "drm", name, "device"));
  }

  async function others(own: readonly number[]) {
    const video = { names: ["AMD Radeon RX 7900 XTX"], totalBytes: 24 * gib, unifiedBytes: 0 };
    const finding: LlamaCppFinding = {
      kind: "works",
      release: "b1",
      gpu: "vulkan",
      physicalCores: 6,
      freeBytes: gib,
      video,
    };
    const places = { drm: join(folder, "drm"), proc: join(folder, "proc") };
    const request = { llamaCpp: async () => finding, own: async () => own, places };
    const { gpus } = await findHardware(request, never);
    return gpus.map(({ othersBytes }) => othersBytes);
  }

  it("leave unknown what others use where the system does not tell", async () =>
    assert.deepEqual(await others([]), [undefined]));

  it("have what the kernel says is used, less what we have loaded ourselves", async () => {
    card("card0", "0000:0e:00.0", [512 * 1024 ** 2, 100 * 1024 ** 2]);
    card("card1", "0000:03:00.0", [25753026560, 3 * gib]);
    assert.deepEqual(await others([]), [3 * gib]);
    // As amdgpu writes it (the kernel's drm-usage-stats.rst); the same client is open twice.
    const said = `pos:\t0\nflags:\t02100002\nmnt_id:\t26\nino:\t501\ndrm-driver:\tamdgpu\ndrm-client-id:\t47\ndrm-pdev:\t0000:03:00.0\npasid:\t32775\ndrm-memory-vram:\t2097152 KiB\ndrm-memory-gtt: \t4096 KiB\ndrm-memory-cpu: \t0 KiB\n`;
    write("proc/4711/fdinfo/5", said);
    write("proc/4711/fdinfo/6", said);
    write("proc/4711/fdinfo/7", "pos:\t0\nflags:\t02\n");
    assert.deepEqual(await others([4711]), [1 * gib]);
  });
});
