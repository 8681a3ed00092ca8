/** The real completion service over one model and nothing else, at the places that a bench asks about. */

import { systemClock } from "../server/base/clock.ts";
import type { Disposable } from "../server/base/disposable.ts";
import {
  CompletionModel,
  type CompletionModelPorts,
} from "../server/features/completion/completion-model.ts";
import type { CompletionOutcome } from "../server/features/completion/completion-outcome.ts";
import { CompletionService } from "../server/features/completion/completion-service.ts";
import { Snapshot } from "../server/text/snapshot.ts";
import { never } from "../test/support/host-fixture.ts";

export interface Place {
  readonly path: string;
  readonly text: string;
  readonly offset: number;
}

export interface Completing extends Disposable {
  /** Resolves when the model is there, or cannot be opened. */
  ready(): Promise<void>;
  /** As for a person who asks by hand. */
  complete(place: Place): Promise<CompletionOutcome>;
}

export function completionOver(open: CompletionModelPorts["open"], modelName: string): Completing {
  const model = new CompletionModel({
    clock: systemClock,
    open,
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
    async ready() {
      model.bind(`embedded/${modelName}`);
      await model.settled(never);
    },
    complete({ path, text, offset }) {
      const snapshot = new Snapshot(`file:///${path}`, "typescript", 1, text);
      const position = snapshot.positionAt(offset);
      return service.complete({ snapshot, position, trigger: "manual" }, never);
    },
    dispose() {
      service.dispose();
      model.dispose();
    },
  };
}
