/** In a folder that nobody has trusted yet no model is started; the built-in completer answers. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { scripted } from "../support/scripted-model.ts";
import { beginning, wiring } from "./support/samples.ts";
import { useSession } from "./support/session.ts";

describe("a workspace that is not trusted", () => {
  const session = useSession({
    name: "trust",
    files: { "file.ts": wiring },
    settings: {
      "security.workspace.trust.startupPrompt": "never",
      "security.workspace.trust.banner": "never",
    },
    machine: async () => ({ "hearth.roles.complete": `embedded/${await scripted({ infill: "never();" })}` }),
    trust: "asked",
  });

  it("is completed without any model", async () => {
    const { workbench } = session;
    await workbench.waitForStatus("not trusted");
    await workbench.append("file.ts", beginning);
    const ghost = await workbench.anyGhostText();
    assert.doesNotMatch(ghost, /never/);
    const running = session.processes().map(({ program }) => program);
    assert.ok(running.includes("server.js"));
    assert.ok(!running.includes("child.js"), running.join(", "));
  });

  it("has no model that could be asked", async () => {
    const { workbench } = session;
    await workbench.runCommand("Hearth: Ask Hearth…");
    await workbench.waitForNotification("no model is used");
  });
});
