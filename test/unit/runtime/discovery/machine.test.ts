/** What is read of a machine's drivers, processor and surroundings, from what their tools and files say. */

import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, it } from "mocha";
import type { SurroundingsFinding } from "../../../../server/model/machine-findings.ts";
import {
  farPairsIn,
  findNvidia,
  gpusIn,
  versionsIn,
} from "../../../../server/runtime/discovery/find-nvidia.ts";
import { findProcessor } from "../../../../server/runtime/discovery/find-processor.ts";
import {
  findSurroundings,
  type SystemFiles,
} from "../../../../server/runtime/discovery/find-surroundings.ts";
import { itNeeds, posix } from "../../../support/needs.ts";
import { fourGpus, newerDriver, noDriver, states, table } from "../../../support/nvidia-smi-texts.ts";

const never = new AbortController().signal;

function systemOf(texts: Readonly<Record<string, string>>): SystemFiles {
  return { read: async (path) => texts[path], exists: async (path) => path in texts };
}

describe("what nvidia-smi says", () => {
  it("of its versions", () => {
    assert.deepEqual(versionsIn(table("550.54.14", "12.4")), { driver: "550.54.14", cuda: "12.4" });
    const newest = "| NVIDIA-SMI 590.44.01    KMD Version: 590.44.01    CUDA UMD Version: 13.1    |";
    assert.deepEqual(versionsIn(newest), { driver: "590.44.01", cuda: "13.1" });
    assert.equal(versionsIn(noDriver), undefined);
  });
  it("of GPUs, and nothing that they do not tell", () =>
    assert.deepEqual(gpusIn(states.idle + states.silent + states.hot + states.starved), [
      { name: "NVIDIA GeForce RTX 4090", celsius: 41, lanes: { used: 16, all: 16 } },
      { name: "GRID T4-8Q" },
      { name: "NVIDIA GeForce RTX 3090", celsius: 93, slowedBy: "heat", lanes: { used: 16, all: 16 } },
      { name: "NVIDIA A100-PCIE-40GB", celsius: 50, slowedBy: "power supply", lanes: { used: 16, all: 16 } },
    ]));
  it("of the usual limit of power is no fault", () =>
    assert.equal(gpusIn(states.powerCap)[0]?.slowedBy, undefined));
  it("of connections", () =>
    assert.deepEqual(farPairsIn(fourGpus), [
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
    ]));
});

describe("findNvidia", () => {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });

  /** A program that answers each question as `answers` has it, and knows no other. */
  async function program(answers: Readonly<Record<string, string>>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "hearth-smi-"));
    folders.push(folder);
    const cases = Object.entries(answers).map(([words, text]) => `*"${words}"*) printf '%s' '${text}';;`);
    const path = join(folder, "nvidia-smi");
    await writeFile(path, `#!/bin/sh\ncase " $* " in\n${cases.join("\n")}\n*) exit 2;;\nesac\n`);
    await chmod(path, 0o755);
    return path;
  }

  it("need not find anything", async () =>
    assert.deepEqual(await findNvidia(never, "no-such-program"), { kind: "absent" }));
  itNeeds(posix, "asks an older driver by the older name", async () => {
    const path = await program({
      clocks_throttle_reasons: states.hot,
      "  ": table("470.82.01", "11.4"),
    });
    assert.deepEqual(await findNvidia(never, path), {
      kind: "works",
      driver: "470.82.01",
      cuda: "11.4",
      gpus: gpusIn(states.hot),
      farPairs: [],
    });
  });
  itNeeds(posix, "asks how several are connected", async () => {
    const path = await program({
      clocks_event_reasons: states.idle.repeat(4),
      "topo -m": fourGpus,
      "  ": table("580.65.06", "13.0"),
    });
    const found = await findNvidia(never, path);
    assert.equal(found.kind === "works" && found.farPairs.length, 4);
  });
  for (const said of [noDriver, newerDriver]) {
    itNeeds(posix, `says why the driver does not answer: ${said.slice(0, 40)}`, async () => {
      const folder = await mkdtemp(join(tmpdir(), "hearth-smi-"));
      folders.push(folder);
      const path = join(folder, "nvidia-smi");
      await writeFile(path, `#!/bin/sh\ncat <<'END'\n${said}END\nexit 9\n`);
      await chmod(path, 0o755);
      assert.deepEqual(await findNvidia(never, path), { kind: "broken", reason: said.split("\n")[0] });
    });
  }
});

describe("the surroundings", () => {
  const wsl1 = "Linux version 4.4.0-19041-Microsoft (Microsoft@Microsoft.com) (gcc version 5.4.0) #1237";
  const wsl2 = "Linux version 5.15.167.4-microsoft-standard-WSL2 (root@f9c826d3017f) (gcc (GCC) 11.2.0)";
  const gib = 1024 ** 3;
  const rows: readonly (readonly [
    name: string,
    texts: Readonly<Record<string, string>>,
    expected: SurroundingsFinding,
    env?: Readonly<Record<string, string>>,
    limitBytes?: number,
  ])[] = [
    ["a plain Linux", { "/proc/version": "Linux version 6.8.0-45-generic (buildd@lcy02)" }, {}],
    ["a system without /proc", {}, {}],
    ["WSL 1", { "/proc/version": wsl1 }, { wsl: 1 }],
    ["WSL 2", { "/proc/version": wsl2 }, { wsl: 2 }],
    ["Docker", { "/.dockerenv": "" }, { container: "Docker" }],
    ["Podman", { "/run/.containerenv": 'engine="podman-5.0.2"\n' }, { container: "Podman" }],
    ["Kubernetes", {}, { container: "Kubernetes" }, { KUBERNETES_SERVICE_HOST: "10.0.0.1" }],
    ["LXC", {}, { container: "LXC" }, { container: "lxc" }],
    ["a limit", { "/.dockerenv": "" }, { container: "Docker", limitBytes: 4 * gib }, {}, 4 * gib],
    ["a limit as large as the machine", {}, {}, {}, 32 * gib],
    // What no limit comes to in control groups of version 1.
    ["a limit beyond all machines", {}, {}, {}, 2 ** 63 - 4096],
  ];
  for (const [name, texts, expected, env = {}, limitBytes = 0] of rows) {
    it(name, async () => {
      const request = { files: systemOf(texts), env, totalBytes: 32 * gib, limitBytes };
      assert.deepEqual(await findSurroundings(request), expected);
    });
  }
});

describe("the processor's heat", () => {
  const folder = "/sys/devices/system/cpu/cpu0/thermal_throttle";
  it("as a share of the time since the start", async () => {
    const files = systemOf({
      [`${folder}/package_throttle_count`]: "1204\n",
      [`${folder}/package_throttle_total_time_ms`]: "90000\n",
      "/proc/uptime": "3000.50 11234.12\n",
    });
    const { slowed } = await findProcessor(files, "x64");
    assert.equal(slowed?.times, 1204);
    assert.equal(slowed.share?.toFixed(3), "0.030");
  });
  it("of a kernel that counts no time", async () => {
    const files = systemOf({ [`${folder}/package_throttle_count`]: "2\n", "/proc/uptime": "3000 1\n" });
    assert.deepEqual((await findProcessor(files, "x64")).slowed, { times: 2 });
  });
  it("of a machine that tells nothing", async () =>
    assert.deepEqual(await findProcessor(systemOf({}), "x64"), { architecture: "x64", instructions: [] }));
});
