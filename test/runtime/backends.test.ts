/** The real node-llama-cpp, given stand-ins of the packages that hold its builds for GPUs: it takes them from where they lie. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, it } from "mocha";
import { systemClock } from "../../server/base/clock.ts";
import { entryPoint } from "../../server/entries.ts";
import { backendBuilds, llamaVersion } from "../../server/runtime/backends/builds.ts";
import { tryBackend } from "../../server/runtime/backends/try-backend.ts";
import { describeNeeds } from "../support/needs.ts";

const never = new AbortController().signal;
const build = backendBuilds().find(({ name }) => name === "vulkan");
const name = build?.packages[0]?.name ?? "";
const platform = { what: "a platform with builds of llama.cpp for GPUs", met: build !== undefined };

describeNeeds(platform, "a build of llama.cpp that was fetched", function () {
  this.timeout(60_000);
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hearth-build-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const marker = () => join(folder, "was-asked");

  /** As its makers lay it out; `addon` stands for the native code. */
  async function put(version: string, addon?: string): Promise<void> {
    const lies = join(folder, "node_modules", name);
    const bins = join(lies, "bins", name.slice(name.indexOf("/") + 1));
    await mkdir(bins, { recursive: true });
    const manifest = { name, version, type: "module", exports: "./index.js" };
    await writeFile(join(lies, "package.json"), JSON.stringify(manifest));
    const told = { binsDir: join(lies, "bins"), packageVersion: version };
    await writeFile(
      join(lies, "index.js"),
      `import { writeFileSync } from "node:fs";
       writeFileSync(${JSON.stringify(marker())}, "");
       export const getBinsDir = () => (${JSON.stringify(told)});`,
    );
    if (addon === undefined) return;
    await writeFile(join(bins, "llama-addon.node"), addon);
    await writeFile(
      join(bins, "_nlcBuildMetadata.json"),
      JSON.stringify({ buildOptions: { gpu: "vulkan" } }),
    );
  }

  const attempt = () =>
    tryBackend(
      { gpu: "vulkan", folder },
      { entry: entryPoint("probe"), clock: systemClock, limitMs: 45_000 },
      never,
    );

  it("is asked for where it lies", async () => {
    await put(llamaVersion);
    assert.deepEqual(await attempt(), { kind: "no-memory" });
    assert.ok(existsSync(marker()));
  });

  it("is dropped with what the system says of its native code", async () => {
    await put(llamaVersion, "no native code at all");
    const trial = await attempt();
    assert.equal(trial?.kind, "refused");
    assert.match(trial?.kind === "refused" ? trial.reason : "", /llama-addon\.node/);
  });

  it("is not loaded in another version", async () => {
    await put("1.0.0", "no native code at all");
    assert.notEqual((await attempt())?.kind, "works");
  });

  it("may be without its packages, which lie nowhere else then", async () => {
    assert.notEqual((await attempt())?.kind, "works");
    assert.ok(!existsSync(marker()));
  });
});
