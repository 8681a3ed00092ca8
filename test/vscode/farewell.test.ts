/** When the editor is closed, everything that Hearth has started for it ends within the minute. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { scripted } from "../support/scripted-model.ts";
import { untilEnded } from "./support/processes.ts";
import { useSession } from "./support/session.ts";

const infill = " first + second;";

describe("an editor that is closed", () => {
  const session = useSession({
    name: "farewell",
    files: { "add.ts": "export function add(first: number, second: number): number {\n" },
    complete: async () => `embedded/${await scripted({ infill })}`,
  });

  it("leaves no process behind", async () => {
    const { workbench } = session;
    await workbench.waitForStatus("Ready. scripted");
    await workbench.openFile("add.ts");
    await workbench.goToEnd();
    await workbench.type("  const sum =");
    await workbench.waitForGhostText(infill);
    const running = session.processes().map(({ program }) => program);
    assert.deepEqual(running.toSorted(), ["child.js", "host.js", "server.js"]);
    await session.stop();
    await untilEnded(session.home, 60_000);
  });
});
