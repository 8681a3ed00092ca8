/** The test model in the bench of line ends: the real completion service over the real llama.cpp. */

import { fileURLToPath } from "node:url";
import { systemClock } from "../server/base/clock.ts";
import { CompletionModel } from "../server/features/completion/completion-model.ts";
import { CompletionService } from "../server/features/completion/completion-service.ts";
import { Snapshot } from "../server/text/snapshot.ts";
import { hostFixture } from "../test/support/host-fixture.ts";
import type { LineEndCase } from "./cases/line-ends.ts";
import type { CompletionSystem } from "./ngram-systems.ts";

const modelFile = fileURLToPath(new URL("../test/fixtures/models/seedling-q8_0.gguf", import.meta.url));

export function testModel(): CompletionSystem {
  const fixture = hostFixture();
  const client = fixture.client();
  const never = new AbortController().signal;
  const model = new CompletionModel({
    clock: systemClock,
    open: ({ model: path }, signal) => client.open({ runtime: "embedded", path }, signal),
    candidates: () => Promise.resolve([]),
    changed: () => {},
  });
  const service = new CompletionService({
    clock: systemClock,
    builtin: { complete: () => Promise.resolve({ kind: "none", reason: "empty" }) },
    model,
    settings: () => ({
      "completion.enabled": true,
      "completion.languages": { "*": true },
      "completion.maxTokens": 64,
      sampling: {},
    }),
    displayPath: (uri) => uri,
  });
  return {
    name: "test model (seedling)",
    async prepare() {
      model.bind(`embedded/${modelFile}`);
      await model.settled(never);
    },
    async complete(item) {
      const text = await firstLine(service, item, never);
      return text === undefined ? undefined : { text, confidence: 0, sure: true };
    },
    async dispose() {
      service.dispose();
      model.dispose();
      await fixture.dispose();
    },
  };
}

/** An answer may go on below; the case asks for the rest of its line. */
async function firstLine(
  service: CompletionService,
  item: LineEndCase,
  signal: AbortSignal,
): Promise<string | undefined> {
  const snapshot = new Snapshot(`file:///${item.path}`, "typescript", 1, item.text);
  const position = snapshot.positionAt(item.offset);
  const outcome = await service.complete({ snapshot, position, trigger: "manual" }, signal);
  if (outcome.kind === "failed") throw outcome.error;
  return outcome.kind === "suggested" ? outcome.items[0]?.text.split(/\r?\n/)[0] : undefined;
}
