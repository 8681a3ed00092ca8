/** The folder of the host's socket and key: nobody else may ever have been able to put something there. */

import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostAddress } from "../../../../server/runtime/host/address.ts";
import { describeNeeds, itNeeds, posix, root } from "../../../support/needs.ts";

describeNeeds(posix, "the folder of the host's socket and key", () => {
  let home: string;
  let run: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "hearth-address-"));
    run = join(home, "run");
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const refused = (message: RegExp) => assert.rejects(hostAddress(home), { code: "refused", message });

  it("is made for its owner alone", async () => {
    await hostAddress(home);
    assert.equal(statSync(run).mode & 0o777, 0o700);
  });

  it("is closed to those who could only look", async () => {
    mkdirSync(run);
    chmodSync(run, 0o755);
    await hostAddress(home);
    assert.equal(statSync(run).mode & 0o777, 0o700);
  });

  for (const mode of [0o777, 0o1777, 0o770, 0o702]) {
    it(`is refused when others could write there, as with ${mode.toString(8)}`, async () => {
      mkdirSync(run);
      chmodSync(run, mode);
      await refused(/run can be written by others, so nothing in it is trusted\. Remove it/);
      assert.equal(statSync(run).mode & 0o7777, mode, "and stays as it was found");
    });
  }

  it("is refused when it is a link or a file, in words that say so", async () => {
    mkdirSync(join(home, "elsewhere"), { mode: 0o700 });
    symlinkSync("elsewhere", run);
    await refused(/run must be a folder, and no link to one/);
    rmSync(run);
    writeFileSync(run, "");
    await assert.rejects(hostAddress(home), { message: /run cannot be made: EEXIST/ });
  });

  itNeeds(root, "is refused when it is another's", async () => {
    mkdirSync(run, { mode: 0o700 });
    chownSync(run, 12_345, 0);
    await refused(/run belongs to someone else/);
  });
});
