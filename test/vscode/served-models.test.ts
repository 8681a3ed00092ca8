/** Ghost text from a model that a real llama-server or a real Ollama serves. */

import assert from "node:assert/strict";
import { after, it } from "mocha";
import { startLlamaServer } from "../support/llama-server-process.ts";
import { describeNeeds, type Need } from "../support/needs.ts";
import { startOllama } from "../support/ollama-process.ts";
import { realLlamaServer, realOllama } from "../support/real-runtimes.ts";
import { scripted } from "../support/scripted-model.ts";
import { beginning, head, infill, untilModelAnswers, useModelSession } from "./support/model-session.ts";

/** By which a runtime that shows no header knows how the model fills in the middle. */
const name = "scripted-qwen-coder";

interface Served {
  readonly runtime: string;
  readonly need: Need;
  /** Starts it; with the settings of machine scope that name it and its model. */
  serve(): Promise<{ readonly settings: Readonly<Record<string, unknown>>; stop(): Promise<void> }>;
}

const served: readonly Served[] = [
  {
    runtime: "llama-server",
    need: realLlamaServer.need,
    async serve() {
      const path = await scripted({ infill }, { name });
      const file = { path, contextTokens: 4096, task: "generate" } as const;
      const { url, stop } = await startLlamaServer(file, ["--alias", name]);
      return { settings: settings("llama-server", { "hearth.runtimes.llamaServer.url": url }), stop };
    },
  },
  {
    runtime: "ollama",
    need: realOllama.need,
    async serve() {
      const { url, create, stop } = await startOllama();
      await create(name, await scripted({ infill }, { name }));
      return { settings: settings("ollama", { "hearth.runtimes.ollama.url": url }), stop };
    },
  },
];

for (const { runtime, need, serve } of served) {
  describeNeeds(need, `ghost text from a model that ${runtime} serves`, () => {
    let stop = () => Promise.resolve();
    const session = useModelSession({
      name: `served-by-${runtime}`,
      async machine() {
        const started = await serve();
        stop = started.stop;
        return started.settings;
      },
    });
    after(() => stop());

    it("is the model's text, and Tab puts exactly that into the file", async () => {
      const { workbench } = session;
      await untilModelAnswers(session, "add.ts");
      await workbench.press("Tab");
      await workbench.waitForNoGhostText();
      await workbench.save();
      assert.equal(session.read("add.ts"), head + beginning + infill);
    });
  });
}

function settings(
  runtime: string,
  more: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return { "hearth.roles.complete": `${runtime}/${name}`, ...more };
}
