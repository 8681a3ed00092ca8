/** Ghost text from the built-in completer, with nothing set and nothing downloaded, in a real editor. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { beginning, wiring } from "./support/samples.ts";
import { useSession } from "./support/session.ts";

describe("ghost text in a fresh editor", () => {
  const session = useSession({
    name: "built-in",
    files: {
      "accepted.ts": wiring,
      "word.ts": wiring,
      "dismissed.ts": wiring,
      "crlf.ts": wiring.replaceAll("\n", "\r\n"),
    },
  });

  it("appears, and Tab puts exactly that text into the file", async () => {
    const { workbench } = session;
    await workbench.waitForStatus("Ready.");
    await workbench.append("accepted.ts", beginning);
    const ghost = await workbench.anyGhostText();
    await workbench.press("Tab");
    await workbench.waitForNoGhostText();
    await workbench.save();
    assert.equal(session.read("accepted.ts"), wiring + beginning + ghost);
    assert.match(ghost, /^atcher/);
  });

  it("is accepted word by word", async () => {
    const { workbench } = session;
    await workbench.append("word.ts", beginning);
    const ghost = await workbench.anyGhostText();
    await workbench.press("Control+ArrowRight");
    const rest = ghost.replace(/^\w+/, "");
    await workbench.waitForGhostText(rest);
    await workbench.press("Escape");
    await workbench.waitForNoGhostText();
    await workbench.save();
    assert.equal(session.read("word.ts"), wiring + beginning + ghost.slice(0, -rest.length));
  });

  it("goes with Escape and leaves nothing behind", async () => {
    const { workbench } = session;
    await workbench.append("dismissed.ts", beginning);
    await workbench.anyGhostText();
    await workbench.press("Escape");
    await workbench.waitForNoGhostText();
    await workbench.save();
    assert.equal(session.read("dismissed.ts"), wiring + beginning);
  });

  it("leaves the line ends of a CRLF file as they are", async () => {
    const { workbench } = session;
    await workbench.append("crlf.ts", beginning);
    const ghost = await workbench.anyGhostText();
    await workbench.press("Tab");
    await workbench.press("Enter");
    await workbench.save();
    const text = session.read("crlf.ts");
    assert.equal(text, `${wiring.replaceAll("\n", "\r\n")}${beginning}${ghost}\r\n`);
  });

  it("is told to the server when it was accepted", async () => {
    await session.workbench.waitForHover("2 accepted");
  });

  it("says in the status item that it learns from this workspace", async () => {
    await session.workbench.waitForStatus("Ready.");
    await session.workbench.runCommand("Hearth: Show Menu");
    const entry = session.workbench.menuEntry("built in (learns from this workspace)");
    await entry.waitFor();
    await session.workbench.press("Escape");
  });
});
