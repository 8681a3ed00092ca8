/** Ghost text from a model in the embedded llama.cpp: a scripted one, whose text is known beforehand. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { beginning, head, infill, untilModelAnswers, useModelSession } from "./support/model-session.ts";

describe("ghost text from a model", () => {
  const session = useModelSession({ name: "model" });

  it("is the model's text, and Tab puts exactly that into the file", async () => {
    const { workbench } = session;
    await untilModelAnswers(session, "add.ts");
    await workbench.press("Tab");
    await workbench.waitForNoGhostText();
    await workbench.save();
    assert.equal(session.read("add.ts"), head + beginning + infill);
  });

  it("comes again after the model's process was killed", async () => {
    const { workbench } = session;
    const killed = modelProcess();
    assert.ok(killed, JSON.stringify(session.processes()));
    // While it loads again the built-in completer answers, and the editor does not ask about that a second time.
    const loading = workbench.waitForStatus("is loading");
    process.kill(killed.pid, "SIGKILL");
    await loading;
    await untilModelAnswers(session, "again.ts");
    assert.notEqual(modelProcess()?.pid, killed.pid);
  });

  function modelProcess() {
    return session.processes().find(({ program }) => program === "child.js");
  }
});
