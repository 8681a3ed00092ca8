/** The commands of the palette, and what happens when the language server dies. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "mocha";
import { alone } from "../support/alone.ts";
import { beginning, wiring } from "./support/samples.ts";
import { useSession } from "./support/session.ts";

describe("the commands", () => {
  const session = useSession({ name: "commands", files: { "file.ts": wiring, "other.ts": wiring } });

  function serverProcess() {
    return session.processes().find(({ program }) => program === "server.js");
  }

  it("show what the doctor finds", async () => {
    const { workbench } = session;
    await workbench.waitForStatus("Ready.");
    await workbench.runCommand("Hearth: Check the Installation (Doctor)");
    const page = workbench.inPage();
    await page.getByRole("heading", { name: "Hearth Doctor" }).waitFor();
    await page.getByRole("button", { name: "Run Again" }).click();
    await page.getByText("in order.").waitFor();
    await page.getByText("No Ollama at").waitFor();
  });

  it("restart the server", async () => {
    const { workbench } = session;
    const before = serverProcess();
    const starting = workbench.waitForStatus("Starting…");
    await workbench.runCommand("Hearth: Restart");
    await starting;
    await workbench.waitForStatus("Ready.");
    await workbench.append("file.ts", beginning);
    await workbench.anyGhostText();
    assert.notEqual(serverProcess()?.pid, before?.pid);
  });

  it("are not needed when the server is killed: it comes back by itself, without a word", async () => {
    const { workbench } = session;
    const killed = serverProcess();
    assert.ok(killed);
    process.kill(killed.pid, "SIGKILL");
    await workbench.waitForStatus("Starting…");
    await workbench.waitForStatus("Ready.");
    await workbench.append("other.ts", beginning);
    await workbench.anyGhostText();
    assert.equal(await workbench.notifications(), 0);
  });

  it("erase what Hearth keeps, once that is confirmed with its folder and bytes", async () => {
    const { workbench } = session;
    const kept = join(session.home, "models", "kept.gguf.part");
    mkdirSync(dirname(kept), { recursive: true });
    writeFileSync(kept, "half");
    await workbench.runCommand("Hearth: Erase All Data on This Machine");
    const dialog = workbench.dialog();
    await dialog.getByText(session.home).waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "detached" });
    assert.ok(existsSync(kept));
    await workbench.runCommand("Hearth: Erase All Data on This Machine");
    await dialog.getByRole("button", { name: "Erase It" }).click();
    await workbench.waitForNotification("were erased");
    await workbench.waitForStatus("Ready.");
    assert.ok(!existsSync(kept));
  });

  it("put hearth on PATH, run by the editor's own runtime", async () => {
    const { workbench } = session;
    const shim = join(session.userHome, ".local", "bin", "hearth");
    assert.ok(!existsSync(shim));
    await workbench.runCommand("Hearth: Install Command Line");
    await workbench.waitForNotification(dirname(shim));
    const file = `${join(session.folder, "file.ts")}:1:1`;
    const env = { ...process.env, ...alone, HEARTH_HOME: session.home };
    const ran = spawnSync(shim, ["complete", file, "--json"], { encoding: "utf8", env });
    assert.equal(ran.status, 0, ran.stderr);
    assert.equal(typeof JSON.parse(ran.stdout).outcome, "string");
  });
});
