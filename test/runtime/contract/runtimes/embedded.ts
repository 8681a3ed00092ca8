/** llama.cpp as it comes with Hearth, under the contract. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { HostClient, HostMetrics } from "../../../../server/runtime/host/client.ts";
import { gone, never } from "../../../support/host-fixture.ts";
import type { RuntimeUnderTest } from "../runtime.ts";

export const embedded: RuntimeUnderTest = {
  name: "embedded",
  kind: "embedded",
  need: { what: "", met: true },
  lacks: {
    "says that a model which was started to generate cannot embed": "a runtime that must be told to embed",
  },
  async start({ path }, client) {
    const spec = { runtime: "embedded", path } as const;
    const loaded = () => loadedModel(client, path);
    return {
      spec,
      absent: { runtime: "embedded", path: join(path, "..", "absent.gguf") },
      async computed() {
        const { promptTokens, generatedTokens } = await loaded();
        return { prompt: promptTokens, generated: generatedTokens };
      },
      /** Older work goes first: once this is answered, whatever still ran is done. */
      async idle() {
        const opened = await client.open(spec, never);
        await opened.runtime.embed({ priority: "chat", texts: ["a"] }, never);
        opened.dispose();
      },
      async kill() {
        const { pid } = await loaded();
        assert.ok(pid !== undefined, "the model runs");
        process.kill(pid, "SIGKILL");
        await gone(pid);
      },
      stop: () => Promise.resolve(),
    };
  },
};

async function loadedModel(client: HostClient, path: string): Promise<HostMetrics["models"][number]> {
  const metrics = await client.metrics();
  const model = metrics?.models.find((one) => one.model.endsWith(path));
  assert.ok(model, "the model is loaded");
  return model;
}
