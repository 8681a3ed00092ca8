/** Whom the system ends first where its memory runs out. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { describe } from "mocha";
import { offer } from "../../../server/runtime/first-to-end.ts";
import { itNeeds, procFs } from "../../support/needs.ts";

describe("where memory runs out", () => {
  itNeeds(procFs, "a process that runs a model is offered, and one that is gone is no matter", async () => {
    const child = spawn("cat", { stdio: ["pipe", "ignore", "ignore"] });
    await once(child, "spawn");
    const pid = child.pid ?? 0;
    assert.equal(offer(pid), true);
    assert.equal(readFileSync(`/proc/${pid}/oom_score_adj`, "utf8"), "1000\n");
    child.kill();
    await once(child, "close");
    assert.equal(offer(pid), false);
  });
});
