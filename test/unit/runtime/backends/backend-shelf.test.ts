/** Builds of llama.cpp for GPUs are tried in a process of their own before they are used; what failed is not tried twice. */

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, it } from "mocha";
import { systemClock } from "../../../../server/base/clock.ts";
import type { BackendName } from "../../../../server/model/backend.ts";
import { BackendShelf, type ShelfOptions } from "../../../../server/runtime/backends/backend-shelf.ts";
import type { BackendBuild } from "../../../../server/runtime/backends/builds.ts";
import { tryBackend } from "../../../../server/runtime/backends/try-backend.ts";
import { gone } from "../../../support/host-fixture.ts";
import { itNeeds, posix } from "../../../support/needs.ts";

const never = new AbortController().signal;
const entry = fileURLToPath(new URL("../../../support/stand-in-probe.mjs", import.meta.url));

function buildOf(name: BackendName, integrity = "sha512-a"): BackendBuild {
  const one = {
    name: `@maker/${name}`,
    version: "1.0.0",
    integrity,
    bytes: 1,
    unpackedBytes: 1,
    licence: "MIT",
  };
  return { name, gpu: name === "vulkan" ? "vulkan" : "cuda", libraries: [], packages: [one] };
}

describe("the shelf of builds", () => {
  let home = "";
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "hearth-shelf-"));
  });
  afterEach(() => rm(home, { recursive: true }));

  const folder = (name: BackendName) => join(home, "backends", "1.0.0", name);

  function shelf(
    options: Partial<ShelfOptions> & { readonly drivers?: string; readonly limitMs?: number } = {},
  ) {
    const { drivers = "1", limitMs = 20_000 } = options;
    return new BackendShelf({
      home,
      version: "1.0.0",
      builds: [buildOf("cuda"), buildOf("vulkan")],
      carried: "cpu",
      libraries: () => Promise.resolve({ missing: [], drivers }),
      makers: () => Promise.resolve(["NVIDIA"]),
      attempt: (tried, signal) => tryBackend(tried, { entry, clock: systemClock, limitMs }, signal),
      ...options,
    });
  }

  async function put(name: BackendName, does: string): Promise<void> {
    await mkdir(folder(name), { recursive: true });
    await writeFile(join(folder(name), "does"), does);
  }

  const tries = (name: BackendName) =>
    readFile(join(folder(name), "tried"), "utf8").then(
      ({ length }) => length,
      () => 0,
    );

  const outcomes: Readonly<Record<string, object>> = {
    works: { kind: "works", devices: ["A GPU"], memoryBytes: 8e9 },
    "no bytes": { kind: "no-memory" },
    "no GPU": { kind: "no-memory" },
    "says nothing why": { kind: "no-memory" },
    refuses: { kind: "refused", reason: "libcudart.so.13: cannot open shared object file" },
    "its trial crashes": { kind: "crashed", reason: "SIGSEGV" },
    fails: { kind: "crashed", reason: "3: no such device" },
    babbles: { kind: "crashed", reason: "0" },
  };
  for (const [does, outcome] of Object.entries(outcomes)) {
    it(`judges one that ${does}`, async () => {
      await put("vulkan", does);
      const { states, chosen } = await shelf().choose(never);
      assert.deepEqual(states.find(({ name }) => name === "vulkan")?.trial, outcome);
      assert.equal(chosen, does === "works" ? "vulkan" : "carried");
    });
  }

  itNeeds(posix, "judges one that crashes by its signal and its last words", async () => {
    await put("vulkan", "crashes");
    const { states } = await shelf().choose(never);
    assert.deepEqual(states[1]?.trial, { kind: "crashed", reason: "SIGSEGV: ggml_cuda_error" });
  });

  it("gives up one that hangs, and leaves no process of it behind", async () => {
    await put("vulkan", "hangs");
    const { states } = await shelf({ limitMs: 1500 }).choose(never);
    assert.deepEqual(states[1]?.trial, { kind: "hung", seconds: 2 });
    const pids = (await readFile(join(folder("vulkan"), "pids"), "utf8")).split(" ").map(Number);
    assert.equal(pids.length, 2);
    await Promise.all(pids.map((pid) => gone(pid)));
  });

  it("uses the best that works, and drops what does not with a word", async () => {
    await put("cuda", "its trial crashes");
    await put("vulkan", "works");
    const chosen = await shelf().choose(never);
    assert.equal(chosen.chosen, "vulkan");
    assert.deepEqual(chosen.dropped, [{ name: "cuda", trial: { kind: "crashed", reason: "SIGSEGV" } }]);
    assert.deepEqual(chosen.build, { gpu: "vulkan", folder: folder("vulkan") });
    assert.deepEqual(
      chosen.because.map(({ kind }) => kind),
      ["used", "dropped"],
    );
  });

  it("tries nothing twice with the same drivers and packages, and says nothing twice", async () => {
    await put("vulkan", "its trial crashes");
    await shelf().choose(never);
    const again = await shelf().choose(never);
    assert.equal(await tries("vulkan"), 1);
    assert.deepEqual(again.dropped, []);
    assert.equal(again.because[0]?.kind, "dropped");
  });

  it("uses none that dropped a model after its trial, until a driver is another or someone asks", async () => {
    await put("vulkan", "works");
    const { build } = await shelf().choose(never);
    const trial = { kind: "crashed-loading", reason: "lost device" } as const;
    assert.deepEqual(await shelf().drop(build?.folder ?? "", trial.reason), { name: "vulkan", trial });
    const after = await shelf().choose(never);
    assert.deepEqual([after.chosen, after.build, after.dropped], ["carried", undefined, []]);
    assert.deepEqual(after.because[0], { kind: "dropped", name: "vulkan", trial });
    assert.equal((await shelf({ drivers: "2" }).choose(never)).chosen, "vulkan");
    await shelf().tryAgain("vulkan", never);
    assert.equal((await shelf().choose(never)).chosen, "vulkan");
    assert.equal(await shelf().drop(join(home, "elsewhere"), "lost device"), undefined);
  });

  for (const [what, options] of Object.entries({
    drivers: { drivers: "2" },
    packages: { builds: [buildOf("vulkan", "sha512-b")] },
  })) {
    it(`tries again with other ${what}`, async () => {
      await put("vulkan", "its trial crashes");
      await shelf().choose(never);
      await put("vulkan", "works");
      assert.equal((await shelf(options).choose(never)).chosen, "vulkan");
      assert.equal(await tries("vulkan"), 2);
    });
  }

  it("remembers what came of it with each of two drivers, as an editor and a shell may see them", async () => {
    await put("vulkan", "its trial crashes");
    for (const drivers of ["1", "2", "1", "2"]) await shelf({ drivers }).choose(never);
    assert.equal(await tries("vulkan"), 2);
  });

  it("tries again when a person asks for it", async () => {
    await put("vulkan", "its trial crashes");
    await shelf().choose(never);
    await put("vulkan", "works");
    assert.equal((await shelf().tryAgain("vulkan", never))?.kind, "works");
    assert.equal((await shelf().look()).chosen, "vulkan");
  });

  it("looks without trying", async () => {
    await put("vulkan", "works");
    const { chosen, because } = await shelf().look();
    assert.deepEqual([chosen, because[0]?.kind, await tries("vulkan")], ["carried", "untried", 0]);
  });

  it("tries once for two who want to know at once", async () => {
    await put("vulkan", "works");
    const one = shelf();
    await Promise.all([one.choose(never), one.choose(never)]);
    assert.equal(await tries("vulkan"), 1);
  });

  it("remembers nothing of a trial that was stopped", async () => {
    await put("vulkan", "hangs");
    const stop = new AbortController();
    const attempt: ShelfOptions["attempt"] = (build, signal) => {
      const trial = tryBackend(build, { entry, clock: systemClock, limitMs: 20_000 }, signal);
      stop.abort();
      return trial;
    };
    const choosing = shelf({ attempt }).choose(stop.signal);
    assert.equal((await choosing).states[1]?.trial, undefined);
    assert.deepEqual(await readdir(join(home, "backends", "1.0.0")), ["vulkan"]);
  });

  it("removes a build with what came of it, and what is left of its download", async () => {
    await put("vulkan", "works");
    await shelf().choose(never);
    for (const end of [".part", ".part.json"])
      await writeFile(join(home, "backends", "1.0.0", `vulkan-1.0.0.tgz${end}`), "");
    assert.equal(await shelf().remove("vulkan"), true);
    assert.equal(await shelf().remove("vulkan"), false);
    assert.deepEqual(await readdir(join(home, "backends", "1.0.0")), []);
  });
});
