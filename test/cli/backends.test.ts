/** `hearth backends`, as a shell sees it. Nothing here leaves the machine: the registry is a stand-in. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { backendBuilds, llamaVersion } from "../../server/runtime/backends/builds.ts";
import { describeNeeds } from "../support/needs.ts";
import { PackageRegistry } from "../support/package-registry.ts";
import { runCli } from "../support/run-cli.ts";
import { tarball } from "../support/tarball.ts";

describe("hearth backends", function () {
  this.timeout(60_000);
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hearth-backends-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function run(...args: readonly string[]) {
    const env = { HEARTH_HOME: join(folder, "home") };
    const end = await runCli({ args: ["backends", ...args], cwd: folder, env });
    return { ...end, json: () => JSON.parse(end.stdout) as Record<string, unknown> };
  }

  const errorOf = (json: Record<string, unknown>) =>
    json["error"] as { readonly code: string; readonly message: string; readonly mend: string };

  it("lists the builds of this platform, with the one that is used and why", async () => {
    const { status, json } = await run("list", "--json");
    const { using, because, backends } = json();
    assert.equal(status, 0);
    assert.equal(using, "carried");
    assert.equal((because as readonly string[]).length, 1);
    assert.deepEqual(
      (backends as readonly { readonly name: string }[]).map(({ name }) => name),
      backendBuilds().map(({ name }) => name),
    );
  });

  it("speaks to a person in lines", async () => {
    const { stdout } = await run("list", "--lang", "zh-cn");
    assert.match(stdout, /^carried\s+正在使用$/m);
  });

  it("knows no other names", async () => {
    const { status, stderr } = await run("get", "rocm");
    assert.equal(status, 2);
    assert.match(stderr, /cuda, cuda-12, vulkan/);
  });

  it("removes nothing that is not here", async () => {
    const { status, json } = await run("rm", "vulkan", "--json");
    assert.equal(status, 1);
    assert.equal(errorOf(json()).code, "not-here");
  });

  const available = { what: "a platform with builds of llama.cpp for GPUs", met: backendBuilds().length > 0 };
  describeNeeds(available, "that fetches one", () => {
    let registry: PackageRegistry;
    beforeEach(async () => {
      const name = backendBuilds().at(-1)?.packages[0]?.name ?? "";
      const archive = tarball([{ path: "package/package.json", text: "{}" }]);
      registry = await PackageRegistry.start({ [name]: archive }, llamaVersion);
    });
    afterEach(() => registry.dispose());

    const from = () => ["--set", `models.packages=${registry.url}`, "--json"];

    it("asks nobody's registry for it where nobody can confirm that", async () => {
      const { status, json } = await run("get", "vulkan", ...from());
      assert.equal(status, 1);
      assert.equal(errorOf(json()).code, "nobody-asked");
      assert.deepEqual(registry.seen, []);
    });

    it("says host, bytes and licence, and keeps nothing that is not what is pinned", async () => {
      const { status, stderr, json } = await run("get", "vulkan", "--yes", ...from());
      assert.match(stderr, new RegExp(`From: ${new URL(registry.url).host}`));
      assert.match(stderr, /Size: \d+.*MB, unpacked .*MB\nFrom: .*\nLicence: MIT\nSHA-512: /);
      const { code, mend } = errorOf(json());
      assert.deepEqual([status, code], [1, "wrong-size"]);
      assert.match(mend, /models\.packages/);
      assert.ok(!existsSync(join(folder, "home", "backends", llamaVersion, "vulkan")));
    });
  });
});
