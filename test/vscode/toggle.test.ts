/** Turned off is off: no ghost text, not after a reload either, until it is turned on again. */

import { describe, it } from "mocha";
import { beginning, wiring } from "./support/samples.ts";
import { useSession } from "./support/session.ts";

describe("completion that was turned off", () => {
  const session = useSession({ name: "toggle", files: { "file.ts": wiring } });

  it("stays off after a reload, and comes back when it is turned on", async () => {
    const { workbench } = session;
    await workbench.waitForStatus("Ready.");
    await workbench.openFile("file.ts");
    await workbench.runCommand("Hearth: Turn Completion On or Off");
    await workbench.waitForStatus("Completion while typing is off.");
    await workbench.reload();
    await workbench.waitForStatus("Completion while typing is off.");
    await workbench.append("file.ts", beginning);
    await workbench.staysWithoutGhostText();
    // Asked by hand it answers all the same.
    await workbench.runCommand("Hearth: Complete");
    await workbench.anyGhostText();
    await workbench.press("Escape");
    await workbench.runCommand("Hearth: Turn Completion On or Off");
    await workbench.waitForStatus("Ready.");
    await workbench.type("atch");
    await workbench.anyGhostText();
  });
});
