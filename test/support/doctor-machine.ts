/** A healthy machine as the doctor sees it, and what it says of one that differs in a few things. */

import assert from "node:assert/strict";
import { english } from "../../server/base/l10n.ts";
import { defaultSettings } from "../../server/config/resolve-settings.ts";
import { runDoctor } from "../../server/features/doctor/doctor.ts";
import type { DoctorPorts } from "../../server/features/doctor/doctor-ports.ts";
import type { DoctorCheck } from "../../server/protocol/doctor.ts";
import { ManualClock } from "./manual-clock.ts";

export const never = new AbortController().signal;
export const gib = 1024 ** 3;
export const url = "http://127.0.0.1:11434";

export const llamaCpp = {
  kind: "works",
  release: "b1",
  gpu: "none",
  physicalCores: 2,
  freeBytes: 3 * gib,
} as const;

/** What does not depend on settings. */
export const machine = {
  llamaCpp: async () => llamaCpp,
  backends: async () => ({ chosen: "carried", because: [{ kind: "no-gpu" }] }),
  processor: async () => ({ architecture: "x64", instructions: ["avx", "avx2"] }),
  surroundings: async () => ({}),
  nvidia: async () => ({ kind: "absent" }),
  memory: { totalBytes: 8 * gib, availableBytes: 4 * gib },
} satisfies Partial<DoctorPorts>;

export const healthy: DoctorPorts = {
  ...machine,
  clock: new ManualClock(),
  localizer: english,
  nodeVersion: "24.21.0",
  home: "/home/me/hearth",
  settings: defaultSettings,
  problems: [],
  logicalCores: 4,
  env: {},
  ensureHome: async () => ({ kind: "writable" }),
  ollama: async () => ({ kind: "absent", url }),
  idleOllama: async () => undefined,
  llamaServer: async () => ({}),
  openai: async () => undefined,
  modelFile: async (path) => ({
    kind: "model",
    path,
    name: "coder",
    fileBytes: gib,
    parameters: 1e9,
    fim: "qwen",
  }),
  remoteModel: async ({ runtime, model }) => ({
    kind: "reached",
    info: { runtime, name: model, contextTokens: 4096, fim: "qwen", reasons: false },
  }),
  modelsFolder: "/m",
  modelFiles: async () => [],
  servedModels: async () => [],
  unfinished: async () => [],
  workspace: async () => ({ folders: ["/code"], files: 12, reading: false, omitted: [] }),
  lastFailure: async () => undefined,
  measurements: async () => ({}),
  loadedModels: async () => [],
};

/** The check with this id, on a machine that differs from a healthy one in `ports`. */
export async function check(
  id: string,
  ports: Partial<DoctorPorts>,
  expected: Pick<DoctorCheck, "state"> & {
    readonly found?: RegExp;
    readonly why?: RegExp;
    readonly mend?: RegExp;
  },
): Promise<DoctorCheck> {
  const { checks } = await runDoctor({ ...healthy, ...ports }, never);
  const found = checks.find((item) => item.id === id);
  assert.ok(found, `no check ${id}`);
  assert.equal(found.state, expected.state, JSON.stringify(found));
  if (expected.found) assert.match(found.found, expected.found);
  if (expected.why) assert.match(found.why, expected.why);
  if (expected.mend) assert.match(found.mend, expected.mend);
  // Trouble has three parts; what is in order has one.
  assert.equal(found.why !== "" && found.mend !== "", found.state !== "ok", JSON.stringify(found));
  return found;
}
