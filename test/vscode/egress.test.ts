/** Nothing leaves the machine: every program of Hearth is watched while it completes, and asks nobody. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "mocha";
import { untilModelAnswers, useModelSession } from "./support/model-session.ts";
import { witnessModule } from "./support/witnessed.ts";

describe("what leaves the machine", () => {
  const session = useModelSession({ name: "egress", watched: true });

  it("is nothing, from the server to the model's process", async () => {
    await untilModelAnswers(session, "add.ts");
    await session.workbench.press("Tab");
    const { programs, strangers } = session.witnessed();
    for (const program of ["extension.cjs", "server.js", "host.js", "child.js"]) {
      assert.ok(programs.includes(program), `${program} was not watched, only ${programs.join(", ")}`);
    }
    assert.deepEqual(strangers, []);
  });

  it("is nothing from the window either", () => {
    const own = /^((https?|wss?):\/\/127\.0\.0\.1[:/]|blob:|data:)/;
    assert.deepEqual(
      session.workbench.requests.filter((url) => !own.test(url)),
      [],
    );
  });

  it("would be seen: a planted connection is", () => {
    const plant = `
      import net from "node:net";
      import { watch } from ${JSON.stringify(witnessModule)};
      watch("planted.js");
      net.connect(9, "192.0.2.1").on("error", () => {}).destroy();`;
    spawnSync(process.execPath, ["--input-type=module", "--eval", plant], {
      env: { ...process.env, ...session.witnessEnvironment },
    });
    assert.deepEqual(session.witnessed().strangers, ["192.0.2.1"]);
  });
});
