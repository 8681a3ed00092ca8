/** When the editor is closed, everything that Hearth has started for it ends within the minute. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { untilModelAnswers, useModelSession } from "./support/model-session.ts";
import { untilEnded } from "./support/processes.ts";

describe("an editor that is closed", () => {
  const session = useModelSession({ name: "farewell" });

  it("leaves no process behind", async () => {
    await untilModelAnswers(session, "add.ts");
    const running = session.processes().map(({ program }) => program);
    assert.deepEqual(running.toSorted(), ["child.js", "host.js", "server.js"]);
    await session.stop();
    await untilEnded(session.home, 60_000);
  });
});
