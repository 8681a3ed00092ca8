import assert from "node:assert/strict";
import { CompletionModel, type ModelState } from "../../../../server/features/completion/completion-model.ts";
import { RuntimeError } from "../../../../server/model/runtime-error.ts";
import { FakeRuntime } from "../../../support/fake-runtime.ts";
import { ManualClock } from "../../../support/manual-clock.ts";

const never = new AbortController().signal;

class Harness {
  readonly clock = new ManualClock();
  readonly states: string[] = [];
  readonly opened: string[] = [];
  readonly disposed: string[] = [];
  models: string[] = [];
  failure: RuntimeError | undefined;
  /** What a model waits for before it opens. */
  gate = Promise.resolve();
  readonly model = new CompletionModel({
    clock: this.clock,
    open: async ({ model: name }) => {
      this.opened.push(name);
      await this.gate;
      if (this.failure) return Promise.reject(this.failure);
      const info = { runtime: "embedded", name, contextTokens: 4096, fim: "qwen", reasons: false } as const;
      const dispose = () => void this.disposed.push(name);
      return Promise.resolve({ info, runtime: new FakeRuntime(), dispose });
    },
    candidates: () => Promise.resolve(this.models.map((model) => ({ kind: "embedded", model }))),
    changed: (state) => this.states.push(brief(state)),
  });

  async bind(role: string, place?: string): Promise<void> {
    this.model.bind(role, place);
    await this.model.settled(never);
    await this.clock.advance(0);
  }
}

function brief(state: ModelState): string {
  if (state.kind === "ready") return `ready ${state.model.info.name}`;
  return "name" in state ? `${state.kind} ${state.name}` : state.kind;
}

describe("CompletionModel", () => {
  const bindings: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ["off", [], ["off"]],
    ["builtin/ngram", ["/m/a.gguf"], ["none"]],
    ["auto", [], ["choosing", "none"]],
    ["auto", ["/m/a.gguf", "/m/b.gguf"], ["choosing", "loading /m/a.gguf", "ready /m/a.gguf"]],
    ["embedded/a", [], ["loading a", "ready a"]],
    ["ollama/a", [], ["loading a", "ready a"]],
    ["gpt/a", [], ["failed gpt/a"]],
  ];
  for (const [role, models, states] of bindings) {
    it(`binds ${role} with ${models.length} models there`, async () => {
      const harness = new Harness();
      harness.models = [...models];
      await harness.bind(role);
      assert.deepEqual(harness.states, states);
    });
  }

  it("names the model that failed, also where auto chose it", async () => {
    const harness = new Harness();
    harness.models = ["/m/a.gguf"];
    harness.failure = new RuntimeError("model-invalid", "no");
    await harness.bind("auto");
    assert.equal(harness.states.at(-1), "failed /m/a.gguf");
  });

  it("opens nothing again when the same role is set again, failed or not", async () => {
    const harness = new Harness();
    harness.failure = new RuntimeError("model-invalid", "no");
    await harness.bind("embedded/a");
    await harness.bind("embedded/a");
    assert.deepEqual(harness.opened, ["a"]);
  });

  it("opens it again when runtimes are elsewhere", async () => {
    const harness = new Harness();
    for (const place of ["here", "here", "there"]) await harness.bind("embedded/a", place);
    assert.deepEqual(harness.opened, ["a", "a"]);
  });

  it("tries a failed model again when it is asked for, every ten seconds at most", async () => {
    const harness = new Harness();
    harness.failure = new RuntimeError("model-not-found", "no");
    await harness.bind("embedded/a");
    harness.model.renew();
    assert.equal(harness.opened.length, 1);
    await harness.clock.advance(10_000);
    harness.failure = undefined;
    harness.model.renew();
    await harness.model.settled(never);
    assert.equal(harness.states.at(-1), "ready a");
  });

  it("finds a model that was put there after auto had found none", async () => {
    const harness = new Harness();
    await harness.bind("auto");
    harness.models = ["/m/new.gguf"];
    await harness.clock.advance(10_000);
    harness.model.renew();
    await harness.clock.advance(0);
    assert.equal(harness.states.at(-1), "ready /m/new.gguf");
  });

  it("says that its model is starting again, and waits for it", async () => {
    const harness = new Harness();
    await harness.bind("embedded/a");
    harness.model.runtimeChanged({ kind: "restarting" });
    assert.equal(brief(harness.model.state), "loading a");
    const settled = harness.model.settled(never).then(() => brief(harness.model.state));
    harness.model.runtimeChanged({ kind: "ready" });
    assert.equal(await settled, "ready a");
  });

  it("is waited for from the moment that it is bound", async () => {
    const harness = new Harness();
    const { promise, resolve } = Promise.withResolvers<void>();
    harness.gate = promise;
    harness.model.bind("embedded/a");
    const settled = harness.model.settled(never).then(() => brief(harness.model.state));
    await harness.clock.advance(0);
    resolve();
    assert.equal(await settled, "ready a");
  });

  it("hears what is loaded where memory runs out, before there is a model and after", async () => {
    const harness = new Harness();
    const full = (words: string) => new RuntimeError("out-of-memory", "{0}", { values: [words] });
    const step = { said: full("half of it"), reason: full("no memory") };
    const stepped = () => (harness.model.state.kind === "loading" ? harness.model.state.step : undefined);
    harness.model.bind("embedded/a");
    while (harness.model.state.kind === "none") await Promise.resolve();
    harness.model.runtimeChanged({ kind: "restarting", step });
    assert.equal(stepped(), step);
    await harness.model.settled(never);
    harness.model.runtimeChanged({ kind: "restarting", step });
    assert.equal(stepped(), step);
    const info = { runtime: "embedded", name: "smaller", contextTokens: 2048, reasons: false } as const;
    harness.model.runtimeChanged({ kind: "ready", info });
    assert.equal(brief(harness.model.state), "ready smaller");
    harness.model.dispose();
    assert.deepEqual(harness.disposed, ["a"], "it is still the model that was opened");
  });

  it("closes a model when another is chosen, and one that opens too late", async () => {
    const harness = new Harness();
    await harness.bind("embedded/a");
    harness.model.bind("embedded/b");
    await harness.bind("builtin/ngram");
    assert.deepEqual(harness.disposed, ["a", "b"]);
    assert.equal(harness.states.at(-1), "none");
  });
});
