/** A second try of an answer begins with reasoning again. */

import assert from "node:assert/strict";
import type { StreamPart } from "../../../server/model/model-runtime.ts";
import { withReasoning } from "../../../server/model/with-reasoning.ts";
import { FakeRuntime } from "../../support/fake-runtime.ts";

class RestartingRuntime extends FakeRuntime {
  override async *chat(): AsyncGenerator<StreamPart> {
    yield { kind: "text-delta", text: "<think>round and round</think>A <" };
    await Promise.resolve();
    yield { kind: "answer-restart" };
    yield { kind: "text-delta", text: "<think>once</think>B" };
  }
}

describe("a runtime whose reasoning is told apart", () => {
  it("forgets where it was when the answer is tried again", async () => {
    const runtime = withReasoning(new RestartingRuntime(), { opened: false });
    const request = { messages: [], maxTokens: 9, stop: [], sampling: { temperature: 0 } } as const;
    const parts: string[] = [];
    for await (const part of runtime.chat({ ...request, priority: "chat" }, new AbortController().signal))
      parts.push("text" in part ? `${part.kind} ${part.text}` : part.kind);
    assert.deepEqual(parts, [
      "reasoning-delta round and round",
      "text-delta A <",
      "answer-restart",
      "reasoning-delta once",
      "text-delta B",
    ]);
  });
});
