/** From the first ghost text to the first one by a model: the walkthrough, the plan, a download and its end. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "mocha";
import { ModelHub } from "../support/model-hub.ts";
import { scripted } from "../support/scripted-model.ts";
import { beginning, head, infill } from "./support/model-session.ts";
import { useSession } from "./support/session.ts";

describe("setting Hearth up in the editor", () => {
  let hub: ModelHub;
  // Slow enough to be seen, and to be cancelled in the middle.
  before(async () => {
    const bytes = await readFile(await scripted({ infill }));
    hub = await ModelHub.start({ bytes, file: "scripted-coder-q8_0.gguf", rate: 400_000 });
  });
  after(() => hub.dispose());
  const session = useSession({
    name: "setup",
    files: { "add.ts": head },
    machine: async () => ({
      "hearth.models.source": hub.url,
      // It waits for what is fetched below.
      "hearth.roles.complete": "embedded/scripted-coder-q8_0",
    }),
  });

  function ticked(): Promise<number> {
    return session.workbench.page.locator(".getting-started-step .complete").count();
  }

  async function fetchIt(): Promise<void> {
    const { workbench } = session;
    await workbench.runCommand("Hearth: Fetch a Model");
    await workbench.menuEntry("Another one, by its name").click();
    await workbench.page.getByText("OWNER/REPOSITORY:Q4_K_M").waitFor();
    await workbench.type(hub.name);
    await workbench.press("Enter");
  }

  it("shows ghost text in a sample, types nothing, and ticks the first step", async () => {
    const { workbench } = session;
    await workbench.waitForStatus("is not used");
    await workbench.runCommand("Hearth: Set Up");
    const open = workbench.page.getByRole("button", { name: "Open the Sample" });
    await open.waitFor();
    assert.equal(await ticked(), 0);
    await open.click();
    assert.match(await workbench.anyGhostText(), /^send\(/);
    assert.equal(await workbench.page.locator(".tab.active.dirty").count(), 0);
    await workbench.runCommand("Hearth: Set Up");
    await workbench.page.locator(".getting-started-step .complete").first().waitFor();
    assert.equal(await ticked(), 1);
  });

  it("plans a row for each role, with its reasons, and what was left out under a question", async () => {
    const { workbench } = session;
    await workbench.page.getByRole("button", { name: "Show the Plan" }).click();
    const page = workbench.inPage();
    await page.getByRole("table", { name: "The plan" }).waitFor();
    assert.deepEqual(await page.locator("tbody th p:first-child").allInnerTexts(), [
      "Completion",
      "Reasoning",
      "Embedding",
    ]);
    const reason = page.locator("details li").first();
    assert.equal(await reason.isVisible(), false);
    await page.getByText("Why not larger?").click();
    await reason.waitFor();
  });

  it("fetches nothing that was not confirmed with its hosts, bytes and licence", async () => {
    const { workbench } = session;
    await fetchIt();
    const dialog = workbench.dialog();
    for (const words of [hub.storeHost, "Size: 1.9", "Licence: apache-2.0"]) {
      await dialog.getByText(words).waitFor();
    }
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "detached" });
    assert.equal(hub.gets.length, 0);
  });

  it("shows how far a download is, in the status item and its menu, where it is cancelled", async () => {
    const { workbench } = session;
    await fetchIt();
    await workbench.dialog().getByRole("button", { name: "Accept the Licence and Fetch" }).click();
    await workbench.page.waitForFunction(isPercent);
    await workbench.statusItem().click();
    await workbench.menuEntry("Cancel the download").click();
    await workbench.page.waitForFunction(`!(${isPercent})`);
    assert.equal(hub.gets.length, 1);
  });

  it("goes on where it stopped, and completes without a restart when it is done", async () => {
    const { workbench } = session;
    await fetchIt();
    await workbench.dialog().getByRole("button", { name: "Fetch It" }).click();
    await workbench.waitForStatus("Ready. scripted-coder");
    assert.match(hub.gets.at(-1)?.headers.range ?? "", /^bytes=[1-9]\d*-$/);
    await workbench.append("add.ts", beginning);
    await workbench.waitForGhostText(infill);
    assert.equal(await workbench.notifications(), 0);
  });

  it("has ticked every step by then", async () => {
    const { workbench } = session;
    await workbench.runCommand("Hearth: Set Up");
    await workbench.page.locator(".getting-started-step .complete").nth(3).waitFor();
  });
});

/** Evaluated inside the page: the status item says how far something is. */
const isPercent = `/\\d %/.test(document.querySelector('[id="hearth.hearth.hearth.status"]')?.textContent ?? "")`;
