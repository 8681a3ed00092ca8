/** What the doctor says of a machine that keeps a model from running well: each cause in a row of its own. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { defaultSettings } from "../../../../server/config/resolve-settings.ts";
import { runDoctor } from "../../../../server/features/doctor/doctor.ts";
import type { DoctorPorts } from "../../../../server/features/doctor/doctor-ports.ts";
import type { NvidiaFinding } from "../../../../server/model/machine-findings.ts";
import { gpusIn } from "../../../../server/runtime/discovery/find-nvidia.ts";
import { check, gib, healthy, never, url } from "../../../support/doctor-machine.ts";
import { states } from "../../../support/nvidia-smi-texts.ts";

function nvidia(
  text: string,
  more: Partial<Extract<NvidiaFinding, { readonly kind: "works" }>> = {},
): Pick<DoctorPorts, "nvidia"> {
  const driver = { kind: "works", driver: "580.65.06", cuda: "13.0", farPairs: [] } as const;
  return { nvidia: async () => ({ ...driver, gpus: gpusIn(text), ...more }) };
}

const wantsOllama = { settings: { ...defaultSettings, "roles.complete": "ollama/qwen2.5-coder:1.5b" } };

interface Row {
  readonly id: string;
  readonly ports: Partial<DoctorPorts>;
  readonly state: "ok" | "warn" | "fail";
  readonly found?: RegExp;
  readonly why?: RegExp;
  readonly mend?: RegExp;
}

const rows: Readonly<Record<string, Row>> = {
  "a processor without AVX2": {
    id: "processor",
    ports: { processor: async () => ({ architecture: "x64", instructions: ["avx"] }) },
    state: "warn",
    found: /^AVX$/,
    why: /no AVX2/,
    mend: /virtual machine.*runtimes\.llamaServer\.path/,
  },
  "a driver that is too old": {
    id: "gpu.driver",
    ports: nvidia(states.idle, { driver: "470.82.01", cuda: "11.4" }),
    state: "warn",
    found: /470\.82\.01, CUDA 11\.4: NVIDIA GeForce RTX 4090/,
    why: /need version 12\.4/,
    mend: /Update the graphics driver to 550/,
  },
  "the oldest driver that will do": {
    id: "gpu.driver",
    ports: nvidia(states.idle, { driver: "550.54.14", cuda: "12.4" }),
    state: "ok",
  },
  "a driver that does not answer": {
    id: "gpu.driver",
    ports: {
      nvidia: async () => ({ kind: "broken", reason: "Failed to initialize NVML: version mismatch" }),
    },
    state: "fail",
    why: /Failed to initialize NVML/,
    mend: /Restart the machine/,
  },
  "a GPU that is too hot": {
    id: "heat",
    ports: nvidia(states.idle + states.hot),
    state: "warn",
    why: /^NVIDIA GeForce RTX 3090 runs slower now because it is too hot \(93 °C\)\.$/,
  },
  "a GPU whose supply gives too little": {
    id: "heat",
    ports: nvidia(states.starved),
    state: "warn",
    why: /its power supply/,
  },
  "a GPU at its usual limit of power": {
    id: "heat",
    ports: nvidia(states.powerCap),
    state: "ok",
    found: /^not slowed down \(66 °C\)$/,
  },
  "a processor that heat slows down": {
    id: "heat",
    ports: {
      processor: async () => ({
        architecture: "x64",
        instructions: [],
        slowed: { times: 1204, share: 0.031 },
      }),
    },
    state: "warn",
    why: /down 1204 times, for 3 %/,
  },
  "a laptop that was hot for a moment": {
    id: "heat",
    ports: {
      processor: async () => ({ architecture: "x64", instructions: [], slowed: { times: 9, share: 0.001 } }),
    },
    state: "ok",
    found: /^not slowed down$/,
  },
  "GPUs on two processors": {
    id: "gpu.links",
    ports: nvidia(states.idle + states.idle, { farPairs: [[0, 1]] }),
    state: "warn",
    why: /^GPU 0 and GPU 1 reach each other only through/,
    mend: /--split-mode layer/,
  },
  "a GPU on a riser": {
    id: "gpu.links",
    ports: nvidia(states.idle + states.riser),
    state: "warn",
    why: /^GPU 1 uses 1 of its 16 lanes/,
  },
  "GPUs side by side": { id: "gpu.links", ports: nvidia(states.idle + states.idle), state: "ok" },
  "the first WSL": {
    id: "wsl",
    ports: { surroundings: async () => ({ wsl: 1 }) },
    state: "warn",
    why: /no way to a GPU/,
    mend: /wsl --set-version/,
  },
  "the second WSL": { id: "wsl", ports: { surroundings: async () => ({ wsl: 2 }) }, state: "ok" },
  "models on a drive of Windows": {
    id: "wsl",
    ports: { surroundings: async () => ({ wsl: 2 }), modelsFolder: "/mnt/c/hearth/models" },
    state: "warn",
    why: /drive of Windows/,
    mend: /HEARTH_HOME/,
  },
  "an Ollama that runs in Windows": {
    id: "wsl",
    ports: { ...wantsOllama, surroundings: async () => ({ wsl: 2 }) },
    state: "warn",
    why: /runs in Windows does not answer/,
    mend: /mirrored/,
  },
  "a container with little memory": {
    id: "container",
    ports: { surroundings: async () => ({ container: "Docker", limitBytes: 4 * gib }) },
    state: "warn",
    found: /^Docker: 4\.0 GiB of the machine's 8\.0 GiB/,
    mend: /--memory/,
  },
  "a container with enough": {
    id: "container",
    ports: {
      surroundings: async () => ({ container: "Podman", limitBytes: 16 * gib }),
      memory: { totalBytes: 64 * gib, availableBytes: 16 * gib },
    },
    state: "ok",
    found: /^Podman: 16\.0 GiB/,
  },
  "an Ollama on the container's host": {
    id: "container",
    ports: { ...wantsOllama, surroundings: async () => ({ container: "Docker" }) },
    state: "warn",
    why: /the container itself/,
    mend: /runtimes\.ollama\.url to http:\/\/host\.docker\.internal/,
  },
  "a container whose Ollama answers": {
    id: "container",
    ports: {
      ...wantsOllama,
      surroundings: async () => ({ container: "Docker" }),
      ollama: async () => ({ kind: "found", url, version: "0.24.0", models: [] }),
    },
    state: "ok",
  },
  "a proxy before this machine": {
    id: "proxy",
    ports: { env: { HTTP_PROXY: "http://me:secret@proxy:3128" } },
    state: "warn",
    found: /^HTTP_PROXY=http:\/\/proxy:3128$/,
    mend: /NO_PROXY/,
  },
  "a proxy with its exceptions": {
    id: "proxy",
    ports: { env: { http_proxy: "http://proxy:3128", no_proxy: "localhost, 127.0.0.1" } },
    state: "ok",
  },
  "a proxy for https alone": {
    id: "proxy",
    ports: { env: { HTTPS_PROXY: "http://proxy:3128" } },
    state: "ok",
  },
  "a proxy that is no address": {
    id: "proxy",
    ports: { env: { HTTPS_PROXY: "proxy:3128" } },
    state: "fail",
    why: /HTTPS_PROXY is no address/,
    mend: /http:\/\/proxy\.example/,
  },
};

describe("the doctor's checks of the machine", () => {
  for (const [name, { id, ports, ...expected }] of Object.entries(rows)) {
    it(`${name}: ${id} ${expected.state}`, async () => {
      await check(id, ports, expected);
      if (expected.state === "ok" || ports.settings) return;
      // What is wrong with one thing is told in one row.
      const { checks } = await runDoctor({ ...healthy, ...ports }, never);
      const others = checks.filter((other) => other.id !== id && other.state !== "ok");
      assert.deepEqual(others, []);
    });
  }
  it("say nothing of what is not there", async () => {
    const { checks } = await runDoctor(healthy, never);
    const ids = new Set(checks.map(({ id }) => id));
    for (const id of ["heat", "wsl", "container", "proxy", "gpu.driver", "gpu.links"])
      assert.ok(!ids.has(id), id);
  });
});
