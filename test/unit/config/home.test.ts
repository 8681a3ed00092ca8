/** HEARTH_HOME: whether it can be used. */

import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureHome } from "../../../server/config/home.ts";
import { fullDisk, itNeeds, posix } from "../../support/needs.ts";

describe("the folder of Hearth", () => {
  let parent = "";
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), "hearth-ensure-"));
  });
  afterEach(() => rm(parent, { recursive: true }));

  it("is made with its parents, for its owner alone, and holds nothing yet", async () => {
    const home = join(parent, "a", "b");
    assert.deepEqual(await ensureHome(home), { kind: "writable" });
    assert.deepEqual(await readdir(home), []);
    if (process.platform !== "win32") assert.equal((await stat(home)).mode & 0o777, 0o700);
  });

  it("cannot be a file", async () => {
    await writeFile(join(parent, "file"), "");
    assert.equal((await ensureHome(join(parent, "file"))).kind, "unwritable");
  });

  itNeeds(posix, "is open when others may look into it", async () => {
    await chmod(parent, 0o755);
    assert.deepEqual(await ensureHome(parent), { kind: "open", mode: 0o755 });
  });

  itNeeds(fullDisk, "cannot be used on a full disk, and nothing stays of the attempt", async () => {
    await symlink("/dev/full", join(parent, `.probe-${process.pid}`));
    const state = await ensureHome(parent);
    assert.match(state.kind === "unwritable" ? state.reason : "", /ENOSPC/);
    assert.deepEqual(await readdir(parent), []);
  });
});
