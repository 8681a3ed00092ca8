/** Ghost text from a model that a real llama-server or a real Ollama serves. */

import assert from "node:assert/strict";
import { after, it } from "mocha";
import { startLlamaServer } from "../support/llama-server-process.ts";
import { describeNeeds } from "../support/needs.ts";
import { startOllama } from "../support/ollama-process.ts";
import { realLlamaServer, realOllama } from "../support/real-runtimes.ts";
import { scripted } from "../support/scripted-model.ts";
import { beginning, head, infill, untilModelAnswers, useModelSession } from "./support/model-session.ts";

/** By which a runtime that shows no header knows how the model fills in the middle. */
const model = "scripted-qwen-coder";

interface Served {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly process: { readonly stop: () => Promise<void> };
}

const runtimes = [
  {
    name: "llama-server",
    need: realLlamaServer.need,
    async serve(): Promise<Served> {
      const path = await scripted({ infill }, { name: model });
      const file = { path, contextTokens: 4096, task: "generate" } as const;
      const process = await startLlamaServer(file, ["--alias", model]);
      return { settings: { "hearth.runtimes.llamaServer.url": process.url }, process };
    },
  },
  {
    name: "ollama",
    need: realOllama.need,
    async serve(): Promise<Served> {
      const process = await startOllama();
      await process.create(model, await scripted({ infill }, { name: model }));
      return { settings: { "hearth.runtimes.ollama.url": process.url }, process };
    },
  },
];

for (const runtime of runtimes) {
  describeNeeds(runtime.need, `ghost text from a model that ${runtime.name} serves`, () => {
    let served: Served | undefined;
    const session = useModelSession({
      name: `served-by-${runtime.name}`,
      async machine() {
        served = await runtime.serve();
        return { "hearth.roles.complete": `${runtime.name}/${model}`, ...served.settings };
      },
    });
    after(() => served?.process.stop());

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
