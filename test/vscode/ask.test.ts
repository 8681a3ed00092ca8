/** A question in the editor: asked with what is selected, answered on a page as it comes, stopped in mid-stream. */

import assert from "node:assert/strict";
import { after, describe, it } from "mocha";
import { startLlamaServer } from "../support/llama-server-process.ts";
import { describeNeeds, type Need } from "../support/needs.ts";
import { startOllama } from "../support/ollama-process.ts";
import { realLlamaServer, realOllama } from "../support/real-runtimes.ts";
import { scripted } from "../support/scripted-model.ts";
import { type Session, useSession } from "./support/session.ts";

const name = "scripted-r1";
const words = Array.from({ length: 120 }, (_, index) => `word${index} `).join("");
const chat = `<think>They want <b>words</b>.</think>Here they are:\n\n\`\`\`html\n<img src=x>\n\`\`\`\n\n${words}`;
/** So wide that a token takes a while. */
const shape = { width: 1024, layers: 6, feedForward: 4096, weights: "Q8_0", name } as const;
const question = "Why two?";

interface Runtime {
  readonly settings: Readonly<Record<string, unknown>>;
  /** Resolves when it computes nothing. */
  readonly idle?: () => Promise<void>;
  readonly stop?: () => Promise<void>;
}

interface Kind {
  readonly runtime: string;
  readonly need: Need;
  readonly serve: () => Promise<Runtime>;
}

const kinds: readonly Kind[] = [
  {
    runtime: "embedded",
    need: { what: "", met: true },
    serve: async () => ({
      settings: { "hearth.roles.reason": `embedded/${await scripted({ chat }, shape)}` },
    }),
  },
  {
    runtime: "llama-server",
    need: realLlamaServer.need,
    async serve() {
      const path = await scripted({ chat }, shape);
      const file = { path, contextTokens: 4096, task: "generate" } as const;
      const process = await startLlamaServer(file, ["--alias", name]);
      const settings = { "hearth.runtimes.llamaServer.url": process.url };
      return { settings: { "hearth.roles.reason": `llama-server/${name}`, ...settings }, ...process };
    },
  },
  {
    runtime: "ollama",
    need: realOllama.need,
    async serve() {
      const process = await startOllama();
      await process.create(name, await scripted({ chat }, shape));
      const settings = { "hearth.runtimes.ollama.url": process.url };
      const idle = () => process.idle(name);
      const stop = () => process.stop();
      return { settings: { "hearth.roles.reason": `ollama/${name}`, ...settings }, idle, stop };
    },
  },
];

const patience = { timeout: 60_000 };

function answered({ workbench }: Session) {
  return workbench.inPage().getByText(/tokens read/);
}

/** With the first two lines of the file, which are selected. */
async function ask({ workbench }: Session): Promise<void> {
  await workbench.openFile("two.ts");
  await workbench.press("Control+Home");
  await workbench.press("Shift+ArrowDown");
  await workbench.press("Shift+ArrowDown");
  await workbench.runCommand("Hearth: Ask Hearth…");
  await workbench.page.getByText("two.ts, lines 1 to 2, goes along.").waitFor(patience);
  await workbench.type(question);
  await workbench.press("Enter");
}

for (const kind of kinds) {
  describeNeeds(kind.need, `a question in the editor, to a model of ${kind.runtime}`, function () {
    this.timeout(240_000);
    let served: Runtime | undefined;
    const session = useSession({
      name: `ask-${kind.runtime}`,
      files: { "two.ts": "one();\ntwo();\nthree();\n" },
      async machine() {
        served = await kind.serve();
        return { "hearth.roles.complete": "builtin/ngram", ...served.settings };
      },
    });
    after(() => served?.stop?.());

    it("is answered on a page, with what was shown, the thoughts folded, and what it cost", async () => {
      const { workbench } = session;
      await workbench.waitForStatus("Ready.");
      await ask(session);
      const page = workbench.inPage();
      await page.getByRole("heading", { name: question }).waitFor(patience);
      await page.getByRole("button", { name: "Open two.ts, lines 1 to 2" }).waitFor(patience);
      await answered(session).waitFor({ timeout: 120_000 });
      assert.equal(await page.locator(".speech pre").innerText(), "<img src=x>");
      assert.equal((await page.locator(".speech p").last().innerText()).trim(), words.trim());
      const thought = page.getByText("They want <b>words</b>.");
      assert.equal(await thought.isVisible(), false);
      await page.getByText(/^Thought for \d+ s · \d+ tokens$/).click();
      await thought.waitFor(patience);
      assert.match(await answered(session).innerText(), new RegExp(`^${name}`));
    });

    it("opens what was shown to the model, beside the page", async () => {
      const { workbench } = session;
      await workbench.inPage().getByRole("button", { name: "Open two.ts, lines 1 to 2" }).click();
      await workbench.page
        .locator(".statusbar-item a", { hasText: /Ln \d, Col \d+ \(\d+ selected\)/ })
        .waitFor();
      assert.equal(await workbench.page.locator(".tab", { hasText: "Hearth's Answer" }).count(), 1);
    });

    it("is stopped in mid-stream by Escape; what had come stays, and the runtime is idle", async () => {
      const { workbench } = session;
      const page = workbench.inPage();
      const stop = page.getByRole("button", { name: "Stop" });
      await page.getByRole("button", { name: "Ask Again" }).click();
      await stop.waitFor(patience); // Until then the page holds the answer before.
      await page.locator(".speech").getByText("word0").waitFor({ timeout: 120_000 });
      await stop.press("Escape");
      await page.getByText("Stopped.").waitFor(patience);
      await served?.idle?.();
      const said = (await page.locator(".speech p").last().innerText()).trim();
      assert.ok(words.startsWith(said) && said.length < words.trim().length, said);
      await page.getByRole("button", { name: "New Question…" }).waitFor(patience);
    });
  });
}

describe("a question in the editor, without a model that reasons", () => {
  const session = useSession({
    name: "ask-nobody",
    files: { "two.ts": "one();\ntwo();\nthree();\n" },
    machine: async () => ({
      "hearth.roles.complete": "builtin/ngram",
      "hearth.roles.reason": "builtin/ngram",
    }),
  });

  it("is offered for what is selected", async () => {
    const { workbench } = session;
    await workbench.waitForStatus("Ready.");
    await workbench.openFile("two.ts");
    await workbench.press("Control+A");
    await workbench.press("Shift+F10");
    await workbench.page.getByRole("menuitem", { name: "Ask Hearth…" }).waitFor(patience);
    await workbench.press("Escape");
  });

  it("says what is missing, and leads to the plan", async () => {
    const { workbench } = session;
    await ask(session);
    const page = workbench.inPage();
    await page.getByText("The built-in completer answers no questions.").waitFor(patience);
    await page.getByRole("button", { name: "See what this machine can run" }).click();
    await workbench.page.locator(".tab.active", { hasText: "What This Machine Can Run" }).waitFor(patience);
  });
});
