/** Background work of all models of a machine waits until nobody waits for any of them. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ModelRuntime } from "../../../server/model/model-runtime.ts";
import { Foreground } from "../../../server/runtime/scheduler/foreground.ts";
import { withForeground } from "../../../server/runtime/scheduler/with-foreground.ts";
import { FakeRuntime } from "../../support/fake-runtime.ts";
import { collect, fim, greedy, never } from "../../support/host-fixture.ts";
import { ManualClock } from "../../support/manual-clock.ts";

/** Two models of one host: one writes when told to, the other says when it embeds. */
class Machine {
  readonly clock = new ManualClock();
  readonly embedded: string[] = [];
  readonly #foreground = new Foreground(this.clock);
  readonly #fake = new FakeRuntime();
  readonly writer = withForeground(this.#fake, this.#foreground);
  readonly embedder: ModelRuntime;

  constructor() {
    const embed: ModelRuntime["embed"] = ({ texts }) => {
      this.embedded.push(texts.join("+"));
      return Promise.resolve(texts.map(() => Float32Array.of(1)));
    };
    this.embedder = withForeground({ ...this.#fake, ...methods(this.#fake), embed }, this.#foreground);
  }

  complete() {
    const request = {
      prompt: fim("a"),
      maxTokens: 9,
      stop: [],
      sampling: greedy,
      priority: "completion",
    } as const;
    return collect(this.writer.infill(request, never));
  }

  index(texts: readonly string[], signal: AbortSignal = never) {
    return this.embedder.embed({ texts, priority: "background" }, signal);
  }

  /** Ends the request that runs. */
  answer(): void {
    this.#fake.streams.at(-1)?.end();
  }
}

function methods(runtime: ModelRuntime): Pick<ModelRuntime, "infill" | "chat" | "countTokens" | "warm"> {
  return {
    infill: (request, signal) => runtime.infill(request, signal),
    chat: (request, signal) => runtime.chat(request, signal),
    countTokens: (text) => runtime.countTokens(text),
    warm: (request, signal) => runtime.warm(request, signal),
  };
}

describe("what nobody waits for", () => {
  it("begins at once where nobody waits for a model", async () => {
    const machine = new Machine();
    assert.equal((await machine.index(["a", "b"])).length, 2);
    assert.deepEqual(machine.embedded, ["a", "b"], "each by itself");
  });

  it("waits for a completion of another model, and a second of quiet", async () => {
    const machine = new Machine();
    const completing = machine.complete();
    await machine.clock.advance(0);
    const indexing = machine.index(["a"]);
    await machine.clock.advance(5000);
    assert.deepEqual(machine.embedded, []);
    machine.answer();
    await completing;
    await machine.clock.advance(999);
    assert.deepEqual(machine.embedded, []);
    await machine.clock.advance(1);
    await indexing;
    assert.deepEqual(machine.embedded, ["a"]);
  });

  it("waits on where the next completion comes within the second", async () => {
    const machine = new Machine();
    const indexing = machine.index(["a", "b"]);
    for (let letter = 0; letter < 20; letter++) {
      const completing = machine.complete();
      await machine.clock.advance(500);
      machine.answer();
      await completing;
      await machine.clock.advance(500);
    }
    assert.deepEqual(machine.embedded, ["a"], "the first had begun before");
    await machine.clock.advance(500);
    await indexing;
    assert.deepEqual(machine.embedded, ["a", "b"]);
  });

  it("goes piece by piece after half a minute each where it is never quiet", async () => {
    const machine = new Machine();
    const completing = machine.complete();
    await machine.clock.advance(0);
    const indexing = machine.index(["a", "b", "c"]);
    await machine.clock.advance(60_000);
    assert.deepEqual(machine.embedded, ["a", "b"]);
    machine.answer();
    await completing;
    await machine.clock.advance(1000);
    await indexing;
  });

  it("is forgotten when it is aborted", async () => {
    const machine = new Machine();
    const completing = machine.complete();
    await machine.clock.advance(0);
    const controller = new AbortController();
    const indexing = machine.index(["a", "b"], controller.signal);
    controller.abort();
    await indexing;
    machine.answer();
    await completing;
  });
});
