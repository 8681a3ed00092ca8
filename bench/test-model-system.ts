/** The test model in the bench of line ends: the real completion service over the real llama.cpp. */

import { fileURLToPath } from "node:url";
import { hostFixture } from "../test/support/host-fixture.ts";
import { completionOver } from "./completion-over.ts";
import type { CompletionSystem } from "./ngram-systems.ts";

const modelFile = fileURLToPath(new URL("../test/fixtures/models/seedling-q8_0.gguf", import.meta.url));

export function testModel(): CompletionSystem {
  const fixture = hostFixture();
  const client = fixture.client();
  const completing = completionOver(
    ({ model: path }, signal) => client.open({ runtime: "embedded", path }, signal),
    modelFile,
  );
  return {
    name: "test model (seedling)",
    prepare: () => completing.ready(),
    async complete(place) {
      const outcome = await completing.complete(place);
      if (outcome.kind === "failed") throw outcome.error;
      // An answer may go on below; the case asks for the rest of its line.
      const text = outcome.kind === "suggested" ? outcome.items[0]?.text.split(/\r?\n/)[0] : undefined;
      return text === undefined ? undefined : { text, confidence: 0, sure: true };
    },
    async dispose() {
      completing.dispose();
      await fixture.dispose();
    },
  };
}
