/** Packages from a registry: asked for, resumed, checked, and unpacked so that nothing is written where it should not be. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type Clock, systemClock } from "../../../server/base/clock.ts";
import { english } from "../../../server/base/l10n.ts";
import { explainPackageError } from "../../../server/fetch/explain-package-error.ts";
import { FetchError } from "../../../server/fetch/fetch-error.ts";
import {
  fetchPackages,
  type PackagesOptions,
  type PackagesQuestion,
} from "../../../server/fetch/fetch-packages.ts";
import { unpack } from "../../../server/fetch/unpack.ts";
import { WebClient } from "../../../server/fetch/web-client.ts";
import type { PinnedPackage } from "../../../server/model/pinned-package.ts";
import { fetching } from "../../support/fetching.ts";
import { PackageRegistry } from "../../support/package-registry.ts";
import { pinned, type TarEntry, tarball } from "../../support/tarball.ts";

const never = new AbortController().signal;
const base = "@maker/base";
const more = "@maker/more";
const archives = {
  [base]: tarball([
    { path: "package/package.json", text: "{}" },
    { path: "package/bins/linux/addon.node", text: randomBytes(1_500_000).toString("hex") },
  ]),
  [more]: tarball([{ path: "package/index.js", text: "export {};" }]),
};

/** Waits for nothing longer than a moment, so that pauses between tries cost a test no time. */
const hurried: Clock = {
  now: () => systemClock.now(),
  after: (ms, callback) => systemClock.after(ms >= 10_000 ? ms : Math.min(ms, 5), callback),
};

describe("fetching packages", () => {
  let home = "";
  let registry: PackageRegistry;
  let client: WebClient;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "hearth-packages-"));
    client = new WebClient({ httpProxy: "", httpsProxy: "", noProxy: "" });
    registry = await PackageRegistry.start(archives);
  });
  afterEach(async () => {
    client.dispose();
    registry.dispose();
    await rm(home, { recursive: true });
  });

  const folder = () => join(home, "backends", "1.0.0", "vulkan");
  const both = [pinned(base, archives[base]), pinned(more, archives[more])];

  async function get(options: Partial<PackagesOptions> = {}, signal = never) {
    const asked: PackagesQuestion[] = [];
    const result = await fetchPackages(
      {
        ...fetching,
        home,
        name: "vulkan",
        packages: both,
        folder: folder(),
        registry: registry.url,
        client,
        clock: hurried,
        ask: async (question) => {
          asked.push(question);
          return "yes";
        },
        onProgress: () => {},
        ...options,
      },
      signal,
    );
    return { result, asked };
  }

  async function assertFails(code: string, options: Partial<PackagesOptions> = {}): Promise<FetchError> {
    const error = await get(options).then(
      () => assert.fail("it was fetched"),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof FetchError, String(error));
    assert.equal(error.code, code);
    assert.deepEqual(
      (await files()).filter((name) => !name.includes(".part")),
      [],
    );
    return error;
  }

  /** All that lies where builds are kept, by their paths from there. */
  async function files(): Promise<readonly string[]> {
    const store = join(home, "backends", "1.0.0");
    const entries = await readdir(store, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(store.length + 1)
          .replaceAll("\\", "/"),
      )
      .toSorted();
  }

  it("asks once with host, bytes and licence, and leaves the packages alone behind", async () => {
    const { result, asked } = await get();
    const bytes = both[0]!.bytes + both[1]!.bytes;
    assert.deepEqual(result, { bytes, resumedFrom: 0 });
    const [question] = asked;
    assert.equal(asked.length, 1);
    assert.deepEqual(
      [question?.host, question?.bytes, question?.packages.map(({ licence }) => licence)],
      [new URL(registry.url).host, bytes, ["MIT", "MIT"]],
    );
    assert.deepEqual(await files(), [
      "vulkan/node_modules/@maker/base/bins/linux/addon.node",
      "vulkan/node_modules/@maker/base/package.json",
      "vulkan/node_modules/@maker/more/index.js",
    ]);
    const text = await readFile(join(folder(), "node_modules", base, "bins/linux/addon.node"), "utf8");
    assert.equal(text.length, 3_000_000);
  });

  it("asks nothing again where the licence is accepted and connections are allowed", async () => {
    await get();
    assert.deepEqual((await get({ offline: false })).asked, []);
    assert.equal((await get({ offline: true })).asked.length, 1);
  });

  it("goes on where the connection broke", async () => {
    registry.faults.push({ kind: "break", after: 1_000_000 });
    await get();
    assert.match(registry.seen[1] ?? "", /bytes=\d+-$/);
  });

  it("goes on where an earlier run was stopped", async () => {
    const stop = new AbortController();
    registry.faults.push({ kind: "break", after: 1_000_000 });
    const waiting = () => stop.abort(new Error("stopped"));
    await assert.rejects(
      get({ onProgress: ({ phase }) => phase === "waiting" && waiting() }, stop.signal),
      /stopped/,
    );
    const { result } = await get();
    assert.ok(result.resumedFrom > 0);
  });

  it("replaces what lies there, whole", async () => {
    await get();
    await writeFile(join(folder(), "old"), "");
    await get();
    assert.ok(!(await files()).includes("vulkan/old"));
  });

  it("fetches nothing that is declined, and nothing where nobody can be asked", async () => {
    await assertFails("declined", { ask: async () => "no" });
    await assertFails("nobody-asked", { ask: async () => "nobody" });
    assert.deepEqual(registry.seen, []);
  });

  it("keeps nothing whose SHA-512 is another", async () => {
    const [first] = both as [PinnedPackage, PinnedPackage];
    const error = await assertFails("wrong-hash", {
      packages: [{ ...first, integrity: pinned(base, Buffer.from("other")).integrity }],
    });
    assert.deepEqual(await files(), []);
    assert.match(explainPackageError(error, english).message, /@maker\/base 1\.0\.0.*SHA-512/);
  });

  it("goes to no host that was not confirmed", async () => {
    registry.faults.push({ kind: "redirect", to: "http://elsewhere.invalid/x.tgz" });
    const error = await assertFails("host-unconfirmed");
    assert.match(explainPackageError(error, english).mend, /models\.packages/);
  });

  it("says what a registry refuses", async () => {
    for (const [status, code] of [
      [404, "not-found"],
      [403, "forbidden"],
    ] as const) {
      registry.faults.push({ kind: "status", status });
      await assertFails(code);
    }
  });

  it("leaves no build behind whose second package is no package", async () => {
    const bad = tarball([{ path: "../bad", text: "x" }]);
    registry.dispose();
    registry = await PackageRegistry.start({ ...archives, [more]: bad });
    await assertFails("not-a-package", { packages: [both[0] as PinnedPackage, pinned(more, bad)] });
  });
});

describe("unpacking a package", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hearth-unpack-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const into = () => join(folder, "deep", "into");

  async function unpacked(entries: readonly TarEntry[], unpackedBytes = 1000): Promise<readonly string[]> {
    const path = join(folder, "x.tgz");
    await writeFile(path, tarball(entries));
    await rm(join(folder, "deep"), { recursive: true, force: true });
    await mkdir(into(), { recursive: true });
    try {
      await unpack({ path, name: "x", unpackedBytes }, into());
    } finally {
      const written = await readdir(folder, { recursive: true });
      const outside = written.filter((name) => !/^(?:x\.tgz|deep|deep.into(?:[\\/].*)?)$/.test(name));
      assert.deepEqual(outside, [], "something was written outside");
    }
    return (await readdir(into(), { recursive: true })).map((name) => name.replaceAll("\\", "/")).toSorted();
  }

  const sound: TarEntry = { path: "package/a/b.txt", text: "b" };

  it("makes the folders that its files need", async () => {
    assert.deepEqual(await unpacked([{ path: "package/a/", type: "Directory" }, sound]), ["a", "a/b.txt"]);
  });

  const hostile: Readonly<Record<string, readonly TarEntry[]>> = {
    "a path that leads up": [{ path: "package/../../../up.txt", text: "x" }],
    "a path that leads up at once": [{ path: "../up.txt", text: "x" }],
    "an absolute path": [{ path: "/tmp/hearth-hostile.txt", text: "x" }],
    "a drive of Windows": [{ path: "C:\\hostile.txt", text: "x" }],
    "a path with backslashes": [{ path: "package\\..\\..\\up.txt", text: "x" }],
    "a hidden file": [{ path: "package/.npmrc", text: "x" }],
    "a symbolic link": [{ path: "package/link", type: "SymbolicLink", linkpath: "../.." }],
    "a file behind a symbolic link": [
      { path: "package/link", type: "SymbolicLink", linkpath: "../.." },
      { path: "package/link/up.txt", text: "x" },
    ],
    "a hard link": [{ path: "package/link", type: "Link", linkpath: "/etc/passwd" }],
    "a pipe": [{ path: "package/pipe", type: "FIFO" }],
    "a device": [{ path: "package/device", type: "CharacterDevice" }],
    "a file twice": [sound, sound],
    "more than was promised": [{ path: "package/large", text: "x".repeat(1001) }],
    "more than was promised in several files": [
      { path: "package/one", text: "x".repeat(600) },
      { path: "package/two", text: "x".repeat(600) },
    ],
    nothing: [],
  };
  for (const [what, entries] of Object.entries(hostile)) {
    it(`refuses an archive with ${what}`, () =>
      assert.rejects(unpacked(what === "nothing" ? [] : [sound, ...entries]), { code: "not-a-package" }));
  }

  it("refuses what is no archive", async () => {
    const path = join(folder, "x.tgz");
    await writeFile(path, "no archive at all");
    await assert.rejects(unpack({ path, name: "x", unpackedBytes: 10 }, folder), { code: "not-a-package" });
  });

  it("writes nothing outside, whatever the paths are", async () => {
    const segment = fc.constantFrom("package", "..", ".", "a", "", "~", "C:", "\\", "con", "..\\x", "\0");
    const path = fc.array(segment, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("/"));
    const entry = fc.record({
      path,
      text: fc.constant("x"),
      type: fc.constantFrom<NonNullable<TarEntry["type"]>>("File", "SymbolicLink", "Directory"),
      linkpath: fc.constantFrom("", "..", "/"),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 4 }), async (entries) => {
        await unpacked(entries).catch((error: unknown) => {
          if (!(error instanceof FetchError)) throw error;
        });
      }),
      { numRuns: 60 },
    );
  });
});
