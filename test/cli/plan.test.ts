/** `hearth plan`, as a shell runs it: for hardware that is not there, and for this machine. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import * as v from "valibot";
import { type CliEnd, runCli } from "../support/run-cli.ts";

const role = v.object({
  runtime: v.string(),
  model: v.string(),
  quant: v.string(),
  contextTokens: v.number(),
  kvType: v.string(),
  gpuLayers: v.number(),
  slots: v.number(),
  bytes: v.object({ weights: v.number(), kv: v.number(), overhead: v.number() }),
});
const answer = v.object({
  hardware: v.object({
    ramBytes: v.number(),
    cores: v.number(),
    gpus: v.array(v.object({ name: v.string() })),
  }),
  roles: v.object({ complete: v.nullable(role), reason: v.nullable(role), embed: v.null() }),
  fits: v.boolean(),
  because: v.array(v.string()),
  alternatives: v.array(v.object({ why: v.string() })),
});

const priced = v.object({ api: v.number(), electricity: v.number(), watts: v.number() });

describe("hearth plan", function () {
  this.timeout(60_000);
  let cwd: string;
  before(() => {
    cwd = mkdtempSync(join(tmpdir(), "hearth-plan-"));
  });
  after(() => rmSync(cwd, { recursive: true }));

  const hearth = (...args: readonly string[]): Promise<CliEnd> =>
    runCli({ args: ["plan", ...args], cwd, env: { HEARTH_HOME: join(cwd, "home") } });

  it("answers for hardware that is not there", async () => {
    const { status, stdout } = await hearth("--gpu", "RTX 4090", "--ram", "64GiB", "--cores", "16", "--json");
    assert.equal(status, 0);
    const plan = v.parse(answer, JSON.parse(stdout));
    assert.deepEqual(plan.hardware.gpus, [{ name: "RTX 4090" }]);
    assert.equal(plan.hardware.ramBytes, 64 * 1024 ** 3);
    assert.equal(plan.roles.reason?.model, "deepseek-r1-distill-qwen-32b");
    assert.equal(plan.fits, true);
    assert.ok(plan.because.length > 3 && plan.alternatives.length > 0);
  });

  it("answers for this machine", async () => {
    const { status, stdout } = await hearth("--json");
    assert.equal(status, 0);
    assert.ok(v.parse(answer, JSON.parse(stdout)).hardware.cores >= 1);
  });

  it("takes any GPU whose memory is given, and as many as are given", async () => {
    const { stdout } = await hearth("--gpu", "Voodoo 9", "--vram", "24GiB", "--gpus", "2", "--json");
    const { hardware } = v.parse(answer, JSON.parse(stdout));
    assert.deepEqual(hardware.gpus, [{ name: "Voodoo 9" }, { name: "Voodoo 9" }]);
  });

  it("says what is missing where a GPU is not known", async () => {
    const { status, stdout } = await hearth("--gpu", "Voodoo 9", "--json");
    assert.equal(status, 1);
    assert.deepEqual(JSON.parse(stdout), {
      error: {
        code: "unknown-gpu",
        message: "Hearth does not know a GPU called Voodoo 9.",
        mend: "Give its memory too, as --vram 24GiB; hearth plan --help lists those that it knows.",
      },
    });
    const near = await hearth("--gpu", "4090");
    assert.match(near.stderr, /\nDid you mean RTX 4090\? If not, give its memory too, as --vram 24GiB\.\n$/);
    assert.match((await hearth("--help")).stdout, /RTX 4090,\nRTX 5060[^]*--vram.*such as 24GiB \[default: /);
  });

  it("takes a bandwidth", async () => {
    const args = ["--gpu", "Voodoo 9", "--vram", "24GiB", "--bandwidth"];
    const { stdout } = await hearth(...args, "936");
    assert.match(stdout, /Voodoo 9 \(24\.0 GiB, 936 GB\/s\)/);
    assert.match(stdout, /cost +- Hearth does not know what this hardware takes and costs: --watts\n/);
    const { status, stderr } = await hearth(...args, "fast");
    assert.equal(status, 2);
    assert.match(stderr, /fast is no bandwidth; write it in GB a second, as 1008\./);
  });

  it("reckons with the prices that are set, and with a flag's before them", async () => {
    const prices = (...args: readonly string[]) =>
      hearth("--gpu", "RTX 4090", "--set", 'plan.prices={"api":9,"power":0.5}', "--json", ...args).then(
        ({ stdout }) =>
          v.parse(v.object({ cost: v.object({ prices: priced }) }), JSON.parse(stdout)).cost.prices,
      );
    assert.deepEqual(await prices(), { api: 9, electricity: 0.5, watts: 450 });
    assert.deepEqual(await prices("--api-price", "3"), { api: 3, electricity: 0.5, watts: 450 });
  });

  it("refuses what is no amount of memory", async () => {
    const { status, stderr } = await hearth("--vram", "much");
    assert.equal(status, 2);
    assert.match(stderr, /much is no amount of memory; write it as 24GiB\./);
  });

  it("speaks Chinese", async () => {
    const { stdout } = await hearth("--gpu", "none", "--ram", "16", "--lang", "zh-cn");
    assert.match(stdout, /^机器 .*无 GPU/);
  });
});
