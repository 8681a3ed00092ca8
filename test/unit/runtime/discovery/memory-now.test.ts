/** What decides whether a model fits: the devices with their drivers, and what of their memory is free. */

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryNow } from "../../../../server/runtime/discovery/memory-now.ts";
import { never } from "../../../support/host-fixture.ts";
import { describeNeeds, posix } from "../../../support/needs.ts";

describeNeeds(posix, "the memory that a model could take now", () => {
  const folder = mkdtempSync(join(tmpdir(), "hearth-memory-"));
  after(() => rmSync(folder, { recursive: true }));
  const nothing = { nvidiaSmi: join(folder, "none"), drm: join(folder, "none") };

  it("is the main memory alone where no GPU is known", async () => {
    const { freeMainBytes, freeGpuBytes } = await memoryNow(never, nothing);
    assert.ok(freeMainBytes > 0);
    assert.equal(freeGpuBytes, undefined);
  });

  it("is that of all GPUs, and another driver is another setting", async () => {
    const nvidiaSmi = join(folder, "nvidia-smi");
    const say = (driver: string, free: number) => {
      writeFileSync(nvidiaSmi, `#!/bin/sh\necho "NVIDIA GeForce RTX 3060, ${driver}, 12288, ${free}"\n`);
      chmodSync(nvidiaSmi, 0o755);
    };
    const device = join(folder, "drm/card1/device");
    mkdirSync(device, { recursive: true });
    mkdirSync(join(folder, "drm/card1-DP-1"));
    writeFileSync(join(device, "mem_info_vram_total"), "8589934592\n");
    writeFileSync(join(device, "mem_info_vram_used"), "1073741824\n");
    const places = { nvidiaSmi, drm: join(folder, "drm") };
    say("550.54", 11911);
    const first = await memoryNow(never, places);
    assert.equal(first.freeGpuBytes, 11911 * 1024 ** 2 + 7 * 1024 ** 3);
    say("550.54", 1000);
    const busy = await memoryNow(never, places);
    assert.equal(busy.setting, first.setting, "what is free does not make another machine");
    say("560.10", 1000);
    assert.notEqual((await memoryNow(never, places)).setting, first.setting);
  });
});
