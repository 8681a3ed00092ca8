/** The real completion service over a model that is open: asked at the end of a short file, as a person asks. */

import { systemClock } from "../server/base/clock.ts";
import { CompletionModel } from "../server/features/completion/completion-model.ts";
import { CompletionService } from "../server/features/completion/completion-service.ts";
import type { OpenModel } from "../server/runtime/host/client.ts";
import { Snapshot } from "../server/text/snapshot.ts";
import { never } from "../test/support/host-fixture.ts";

export interface Completing {
  /** What is offered behind `name =`, as a whole; undefined for nothing. A name of its own is in no cache. */
  complete(name: string): Promise<string | undefined>;
  dispose(): void;
}

export async function completionOver(opened: OpenModel): Promise<Completing> {
  const model = new CompletionModel({
    clock: systemClock,
    open: () => Promise.resolve({ ...opened, dispose: () => {} }),
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
  model.bind("embedded/any");
  await model.settled(never);
  return {
    async complete(name) {
      const text = `const ${name} = `;
      const snapshot = new Snapshot("file:///kills.ts", "typescript", 1, text);
      const position = snapshot.positionAt(text.length);
      const outcome = await service.complete({ snapshot, position, trigger: "manual" }, never);
      return outcome.kind === "suggested" ? outcome.items[0]?.text : undefined;
    },
    dispose() {
      service.dispose();
      model.dispose();
    },
  };
}
