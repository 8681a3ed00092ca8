/** What the doctor says of the workspace: how much of it was read, and what was in the way. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { english } from "../../../../server/base/l10n.ts";
import { defaultSettings } from "../../../../server/config/resolve-settings.ts";
import { checkWorkspace } from "../../../../server/features/doctor/workspace-check.ts";
import type { DoctorCheck } from "../../../../server/protocol/doctor.ts";

type Ports = Parameters<typeof checkWorkspace>[0];

const healthy: Ports = {
  clock: { now: () => 0 },
  localizer: english,
  settings: defaultSettings,
  workspace: async () => ({ folders: ["/code"], files: 12, reading: false, omitted: [] }),
};

async function check(
  ports: Partial<Ports>,
  expected: Pick<DoctorCheck, "state"> & {
    readonly found?: RegExp;
    readonly why?: RegExp;
    readonly mend?: RegExp;
  },
): Promise<void> {
  const { state, found, why = "", mend = "" } = await checkWorkspace({ ...healthy, ...ports });
  assert.equal(state, expected.state, found);
  if (expected.found) assert.match(found, expected.found);
  if (expected.why) assert.match(why, expected.why);
  if (expected.mend) assert.match(mend, expected.mend);
  // Trouble has three parts; what is in order has one.
  assert.equal(why !== "" && mend !== "", state !== "ok", found);
}

describe("the doctor's check of the workspace", () => {
  it("the workspace, and how much of it was read", async () => {
    const read = { folders: ["/a", "/b"], files: 12, reading: false, omitted: [] };
    const omitted = (reason: "ignored" | "too-many-files") => [{ reason, count: 3, examples: [] }];
    const found = /^\/a, \/b \(files read: 12, left out: 3\)$/;
    await check({ workspace: async () => read }, { state: "ok", found: /read: 12, left out: 0/ });
    await check(
      { workspace: async () => ({ ...read, omitted: omitted("ignored") }) },
      { state: "ok", found },
    );
    await check(
      { workspace: async () => ({ ...read, omitted: omitted("too-many-files") }) },
      { state: "warn", found, mend: /index\.maxFiles/ },
    );
    await check(
      { workspace: async () => ({ ...read, reading: true }) },
      { state: "ok", found: /so far: 12; the reading goes on/ },
    );
    let now = 0;
    const givenUp = async () => {
      now += 5003;
      return { ...read, reading: true };
    };
    await check(
      { clock: { now: () => now }, workspace: givenUp },
      { state: "ok", found: /so far: 12; the reading was given 5 s here, in an editor it goes on/ },
    );
    await check({ workspace: async () => ({ ...read, folders: [] }) }, { state: "ok", found: /no folder/ });
    await check(
      { settings: { ...defaultSettings, "index.enabled": false } },
      { state: "ok", found: /index\.enabled/ },
    );
  });
  it("a workspace of which folders are left out whole", async () => {
    const read = { folders: ["/a"], files: 12, reading: false };
    const omitted = (reason: "unreadable-rules" | "too-many-rules" | "counts-full", count: number) => ({
      reason,
      count,
      examples: ["/a/sub", "/a/other"],
    });
    const workspace = (...all: readonly ReturnType<typeof omitted>[]) => ({
      workspace: async () => ({ ...read, omitted: all }),
    });
    await check(workspace(omitted("unreadable-rules", 1)), {
      state: "warn",
      why: /cannot be read: \/a\/sub$/,
      mend: /readable, or remove it/,
    });
    await check(workspace(omitted("too-many-rules", 3)), {
      state: "warn",
      why: /too many rules: \/a\/sub and 2 more$/,
      mend: /^Shorten/,
    });
    await check(workspace(omitted("counts-full", 1), omitted("unreadable-rules", 1)), {
      state: "warn",
      why: /cannot be read.*\nIt holds more/,
      mend: /remove it\. Raise/,
    });
  });
});
