/** The plan for each kind of machine, pinned; and what holds for any. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { accelerators } from "../../../../server/model/accelerators.ts";
import { gib, type Hardware, usableBytes, usableRamBytes } from "../../../../server/model/plan/hardware.ts";
import { sumOf } from "../../../../server/model/plan/load-bytes.ts";
import { makePlan } from "../../../../server/model/plan/make-plan.ts";
import type { Plan, PlannedRole } from "../../../../server/model/plan/plan.ts";
import { machine, plainComputer } from "../../../support/machines.ts";

function check(name: string, hardware: Hardware, complete: string, reason: string, because: string): void {
  it(name, () => {
    const plan = makePlan(hardware);
    assert.deepEqual(
      [roleText(plan.complete), roleText(plan.reason), plan.because.map(({ kind }) => kind).join(" ")],
      [complete, reason, because],
    );
  });
}

/** Model, quantisation, context, keys and values, layers on a GPU, slots, tokens a second. */
function roleText(role: PlannedRole | undefined): string {
  if (!role) return "none";
  const { model, quant, contextTokens, kvType, gpuLayers, gpus, slots, tokensPerSecond } = role;
  const where = gpuLayers === 0 ? "processor" : `${gpuLayers} layers on ${gpus.join(" ")}`;
  return `${model.id} ${quant.quant}, ${contextTokens} ${kvType}, ${where}, ${slots} × ${tokensPerSecond.toFixed(0)}/s`;
}

describe("the plan for a machine", () => {
  check(
    "without a GPU, 8 GB",
    machine(8),
    "qwen2.5-coder-1.5b Q4_K_M, 8192 f16, processor, 1 × 31/s",
    "deepseek-r1-distill-qwen-1.5b Q4_K_M, 16384 f16, processor, 1 × 28/s",
    "companion reasoner quant no-flash no-embedding",
  );
  check(
    "without a GPU, 16 GB",
    machine(16),
    "qwen2.5-coder-1.5b Q4_K_M, 8192 f16, processor, 1 × 31/s",
    "deepseek-r1-0528-qwen3-8b Q4_K_M, 16384 f16, processor, 1 × 6/s",
    "companion reasoner quant no-flash no-embedding",
  );
  check(
    "without a GPU, 16 GB, 4 cores",
    machine(16, { cores: 4 }),
    "qwen2.5-coder-0.5b Q4_K_M, 8192 f16, processor, 1 × 78/s",
    "deepseek-r1-0528-qwen3-8b Q4_K_M, 16384 f16, processor, 1 × 6/s",
    "few-cores companion reasoner quant no-flash no-embedding",
  );
  check(
    "without a GPU, 32 GB",
    machine(32),
    "qwen2.5-coder-1.5b Q4_K_M, 8192 f16, processor, 1 × 31/s",
    "deepseek-r1-0528-qwen3-8b Q4_K_M, 16384 f16, processor, 1 × 6/s",
    "companion reasoner quant no-flash no-embedding",
  );
  check(
    "Tesla T4",
    machine(32, { gpu: "Tesla T4" }),
    "qwen2.5-coder-1.5b Q8_0, 8192 f16, 29 layers on 0, 1 × 117/s",
    "deepseek-r1-distill-qwen-14b Q5_K_M, 16384 q8_0, 49 layers on 0, 1 × 18/s",
    "companion reasoner quant small-keys no-embedding",
  );
  check(
    "RTX 3060 12 GB",
    machine(32, { gpu: "NVIDIA GeForce RTX 3060" }),
    "qwen2.5-coder-1.5b Q8_0, 8192 f16, 29 layers on 0, 1 × 132/s",
    "deepseek-r1-0528-qwen3-8b Q6_K, 16384 q8_0, 37 layers on 0, 1 × 32/s",
    "companion reasoner quant small-keys no-embedding",
  );
  check(
    "RTX 3090",
    machine(64, { gpu: "RTX 3090" }),
    "qwen2.5-coder-1.5b Q4_K_M, 8192 f16, 29 layers on 0, 1 × 573/s",
    "deepseek-r1-distill-qwen-32b Q4_K_M, 8192 q8_0, 65 layers on 0, 1 × 28/s",
    "companion reasoner quant small-keys no-embedding",
  );
  check(
    "RTX 4090",
    machine(64, { gpu: "NVIDIA GeForce RTX 4090" }),
    "qwen2.5-coder-1.5b Q4_K_M, 8192 f16, 29 layers on 0, 1 × 617/s",
    "deepseek-r1-distill-qwen-32b Q4_K_M, 8192 q8_0, 65 layers on 0, 1 × 30/s",
    "companion reasoner quant small-keys no-embedding",
  );
  check(
    "RTX A6000",
    machine(128, { gpu: "NVIDIA RTX A6000" }),
    "qwen2.5-coder-7b Q8_0, 8192 f16, 29 layers on 0, 1 × 57/s",
    "deepseek-r1-distill-qwen-32b Q6_K, 32768 f16, 65 layers on 0, 1 × 17/s",
    "companion reasoner quant full-keys no-embedding",
  );
  check(
    "A100 80 GB",
    machine(256, { gpu: "NVIDIA A100-SXM4-80GB" }),
    "qwen3-coder-30b-a3b Q4_K_M, 8192 f16, 49 layers on 0, 1 × 608/s",
    "deepseek-r1-distill-llama-70b Q5_K_M, 16384 f16, 81 layers on 0, 1 × 24/s",
    "companion reasoner quant full-keys no-embedding",
  );
  check(
    "H100",
    machine(256, { gpu: "NVIDIA H100 80GB HBM3" }),
    "qwen3-coder-30b-a3b Q4_K_M, 8192 f16, 49 layers on 0, 1 × 999/s",
    "deepseek-r1-distill-llama-70b Q5_K_M, 16384 f16, 81 layers on 0, 1 × 40/s",
    "companion reasoner quant full-keys no-embedding",
  );
  check(
    "two A100 80 GB",
    machine(512, { gpu: "A100", gpus: 2 }),
    "qwen3-coder-30b-a3b Q8_0, 8192 f16, 49 layers on 0, 4 × 348/s",
    "deepseek-r1-distill-llama-70b Q5_K_M, 65536 f16, 81 layers on 1, 1 × 24/s",
    "companion reasoner quant own-gpus full-keys slots no-embedding",
  );
  check(
    "eight H100",
    machine(1024, { gpu: "H100", gpus: 8 }),
    "qwen3-coder-30b-a3b Q8_0, 8192 f16, 49 layers on 0, 4 × 572/s",
    "deepseek-r1-671b Q4_K_M, 131072 f16, 62 layers on 0 1 2 3 4 5 6 7, 4 × 90/s",
    "companion reasoner quant split full-keys slots slots no-embedding",
  );
  check(
    "Apple M2, 16 GB",
    machine(16, { gpu: "M2" }),
    "qwen2.5-coder-1.5b Q6_K, 8192 f16, 29 layers on 0, 1 × 47/s",
    "deepseek-r1-0528-qwen3-8b Q4_K_M, 16384 f16, 37 layers on 0, 1 × 12/s",
    "apple companion reasoner quant full-keys no-embedding",
  );
  check(
    "Apple M4 Max, 64 GB",
    machine(64, { gpu: "Apple M4 Max" }),
    "qwen2.5-coder-7b Q8_0, 8192 f16, 29 layers on 0, 1 × 40/s",
    "deepseek-r1-distill-qwen-32b Q4_K_M, 65536 f16, 65 layers on 0, 1 × 16/s",
    "apple companion reasoner quant full-keys no-embedding",
  );
  check(
    "Raspberry Pi 5, 8 GB",
    machine(8, { gpu: "Raspberry Pi 5", cores: 4 }),
    "qwen2.5-coder-0.5b Q4_K_M, 2048 f16, processor, 1 × 26/s",
    "none",
    "board companion no-reasoner no-flash no-embedding",
  );
  check(
    "a GPU with 4 GiB and 16 GB",
    machine(16, { vramBytes: 4 * gib }),
    "qwen2.5-coder-1.5b Q4_K_M, 4096 f16, 29 layers on 0, 1 × 123/s",
    "deepseek-r1-0528-qwen3-8b Q4_K_M, 8192 f16, 9 layers on 0, 1 × 7/s",
    "assumed-bandwidth companion reasoner quant spill full-keys no-embedding",
  );
});

describe("any plan", () => {
  const memory = fc.double({ min: 0.25, max: 1024, noNaN: true });
  // GPUs of different speeds are of use, but where they are mixed what is faster and what is larger may differ.
  const gpus = fc
    .record({
      sizes: fc.array(fc.double({ min: 0.5, max: 192, noNaN: true }), { maxLength: 8 }),
      bandwidth: fc.double({ min: 400e9, max: 5000e9, noNaN: true }),
    })
    .map(({ sizes, bandwidth }) =>
      sizes.map((size) => ({ name: "GPU", memoryBytes: size * gib, bandwidth })),
    );
  const computers: fc.Arbitrary<Hardware> = fc.record({
    kind: fc.constantFrom("computer", "board"),
    ramBytes: memory.map((size) => size * gib),
    ramBandwidth: fc.double({ min: 10e9, max: 400e9, noNaN: true }),
    cores: fc.integer({ min: 1, max: 128 }),
    instructions: fc.constant([]),
    gpus,
  });

  it("takes no more memory than there is", () => {
    fc.assert(
      fc.property(computers, (hardware) => {
        const plan = makePlan(hardware);
        const [video, main] = bytesOf(plan);
        const room = hardware.gpus.reduce((sum, each) => sum + usableBytes(each), 0);
        assert.ok(video <= room + 1, `${video} of ${room} on GPUs`);
        assert.ok(main <= usableRamBytes(hardware) + 1, `${main} of ${usableRamBytes(hardware)}`);
      }),
      { numRuns: 300 },
    );
  });

  it("never has a smaller model where there is more memory", () => {
    const more = fc.double({ min: 1, max: 4, noNaN: true });
    fc.assert(
      fc.property(computers, more, more, (hardware, ram, video) => {
        const larger: Hardware = {
          ...hardware,
          ramBytes: hardware.ramBytes * ram,
          gpus: hardware.gpus.map((each) => ({ ...each, memoryBytes: each.memoryBytes * video })),
        };
        const [before, after] = [makePlan(hardware), makePlan(larger)];
        assert.ok(parameters(after.complete) >= parameters(before.complete), "completion");
        assert.ok(parameters(after.reason) >= parameters(before.reason), "reasoning");
      }),
      { numRuns: 300 },
    );
  });

  it("is made for every accelerator of the table", () => {
    for (const { name } of accelerators) assert.ok(makePlan(machine(32, { gpu: name })).complete, name);
  });

  it("keeps a board below 1 GB", () => {
    for (const ramGib of [1, 2, 4, 8, 16]) {
      const [video, main] = bytesOf(makePlan(machine(ramGib, { gpu: "Raspberry Pi 5", cores: 4 })));
      assert.equal(video, 0);
      assert.ok(main < 1e9, `${main} of ${ramGib} GiB`);
    }
  });

  it("says nothing but that there is no room where there is none", () => {
    const plan = makePlan({ ...plainComputer, ramBytes: gib / 2 });
    assert.equal(plan.complete, undefined);
    assert.deepEqual(plan.because, [{ kind: "nothing-fits", usableBytes: gib * 0.3 }]);
  });
});

/** What a plan takes of all GPUs, and of the main memory. */
function bytesOf({ complete, reason }: Plan): readonly [video: number, main: number] {
  const roles = [complete, reason].filter((role) => role !== undefined);
  const video = roles.map((role) => sumOf(role.bytes) * shareOnGpu(role));
  const main = roles.map((role) => (role.bytes.weights + role.bytes.kv) * (1 - shareOnGpu(role)));
  const overhead = roles.map((role) => (role.gpuLayers === 0 ? role.bytes.overhead : 0));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return [sum(video), sum(main) + sum(overhead)];
}

function shareOnGpu({ gpuLayers, model }: PlannedRole): number {
  return gpuLayers / (model.shape.layers + 1);
}

function parameters(role: PlannedRole | undefined): number {
  return role?.model.parameters ?? 0;
}
