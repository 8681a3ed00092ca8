import assert from "node:assert/strict";
import type { BuiltinAnswer } from "../../../../server/features/completion/builtin-completion.ts";
import { CompletionModel } from "../../../../server/features/completion/completion-model.ts";
import type { CompletionOutcome } from "../../../../server/features/completion/completion-outcome.ts";
import { CompletionService } from "../../../../server/features/completion/completion-service.ts";
import { RuntimeError } from "../../../../server/model/runtime-error.ts";
import { cursorText } from "../../../support/cursor-text.ts";
import { FakeRuntime, type FakeStream } from "../../../support/fake-runtime.ts";
import { ManualClock, settle } from "../../../support/manual-clock.ts";

const sureAnswer: BuiltinAnswer = { kind: "answer", text: "builtin();", confidence: 0.9, sure: true };
const never = new AbortController().signal;

class Harness {
  readonly clock = new ManualClock();
  readonly runtime = new FakeRuntime();
  builtinAnswer: BuiltinAnswer = sureAnswer;
  settings = {
    "completion.enabled": true,
    "completion.languages": { "*": true },
    "completion.maxTokens": 64,
    sampling: {},
  };
  readonly opening = Promise.withResolvers<void>();
  readonly model = new CompletionModel({
    clock: this.clock,
    open: async ({ model: name }) => {
      await this.opening.promise;
      const info = { runtime: "embedded", name, contextTokens: 4096, fim: "qwen", reasons: false } as const;
      return { info, runtime: this.runtime, dispose: () => {} };
    },
    candidates: () => Promise.resolve([]),
    changed: () => {},
  });
  readonly service = new CompletionService({
    clock: this.clock,
    builtin: { complete: () => Promise.resolve(this.builtinAnswer) },
    model: this.model,
    settings: () => this.settings,
    displayPath: (uri) => uri,
  });

  /** With a model that is open. */
  static async ready(): Promise<Harness> {
    const harness = new Harness();
    harness.model.bind("embedded/fake");
    harness.opening.resolve();
    await harness.model.settled(never);
    return harness;
  }

  ask(
    marked: string,
    options: { signal?: AbortSignal; trigger?: "automatic" | "manual"; version?: number } = {},
  ) {
    const { snapshot, position } = cursorText(marked, { version: options.version ?? 1 });
    const { trigger = "automatic", signal = never } = options;
    return this.service.complete({ snapshot, position, trigger }, signal);
  }

  async stream(index: number): Promise<FakeStream> {
    await this.clock.advance(30);
    const stream = this.runtime.streams[index];
    assert.ok(stream, `no model request ${index}`);
    return stream;
  }
}

function textOf(outcome: CompletionOutcome): string | undefined {
  return outcome.kind === "suggested" ? outcome.items[0]?.text : undefined;
}

function brief(outcome: CompletionOutcome): string {
  if (outcome.kind === "suggested") return `${outcome.report.runtime}: ${textOf(outcome)}`;
  return outcome.kind === "skipped" ? outcome.reason : outcome.error.code;
}

describe("CompletionService", () => {
  it("answers from the built-in completer before there is a model", async () => {
    assert.equal(brief(await new Harness().ask("call $0")), "builtin: builtin();");
  });

  it("shows an unsure built-in answer only when asked by hand, one that is most likely wrong to nobody", async () => {
    const harness = new Harness();
    harness.builtinAnswer = { ...sureAnswer, sure: false };
    assert.equal(brief(await harness.ask("call $0")), "unsure");
    assert.equal(brief(await harness.ask("call $0", { trigger: "manual" })), "builtin: builtin();");
    harness.builtinAnswer = { ...sureAnswer, confidence: 0.09, sure: false };
    assert.equal(brief(await harness.ask("call $0", { trigger: "manual" })), "unsure");
  });

  it("offers the sure first tokens of an unsure line only when asked by hand", async () => {
    const harness = new Harness();
    const start = { text: 'log("', confidence: 0.8 };
    harness.builtinAnswer = { ...sureAnswer, confidence: 0.2, sure: false, start };
    assert.equal(brief(await harness.ask("call $0")), "unsure");
    const byHand = await harness.ask("call $0", { trigger: "manual" });
    assert.equal(brief(byHand), 'builtin: log("');
    const { confidence, shownWhileTyping } = (byHand.kind === "suggested" && byHand.report) || {};
    assert.deepEqual({ confidence, shownWhileTyping }, { confidence: 0.8, shownWhileTyping: false });
    harness.builtinAnswer = { ...sureAnswer, start };
    assert.equal(brief(await harness.ask("call $0", { trigger: "manual" })), "builtin: builtin();");
  });

  it("stands in while a model loads, and waits for it when asked by hand", async () => {
    const harness = new Harness();
    harness.model.bind("embedded/fake");
    await settle();
    assert.equal(brief(await harness.ask("call $0")), "builtin: builtin();");
    const manual = harness.ask("call $0", { trigger: "manual" });
    harness.opening.resolve();
    const stream = await harness.stream(0);
    stream.write("model();");
    stream.end();
    assert.equal(brief(await manual), "embedded: model();");
  });

  it("says why a model failed when asked by hand", async () => {
    const harness = new Harness();
    harness.model.bind("embedded/fake");
    harness.opening.reject(new RuntimeError("model-invalid", "not a GGUF file"));
    await harness.model.settled(never);
    assert.equal(brief(await harness.ask("call $0")), "builtin: builtin();");
    assert.equal(brief(await harness.ask("call $0", { trigger: "manual" })), "model-invalid");
  });

  it("gives every item its range at the cursor and knows it when accepted", async () => {
    const harness = new Harness();
    const outcome = await harness.ask("call $0");
    assert.ok(outcome.kind === "suggested" && outcome.items[0]);
    const [item] = outcome.items;
    assert.deepEqual(item.range, { start: { line: 0, character: 5 }, end: { line: 0, character: 5 } });
    assert.equal(harness.service.accepted(item.id), item);
    assert.equal(harness.service.accepted(item.id), undefined);
  });

  it("asks the model and reports what it took", async () => {
    const harness = await Harness.ready();
    const asked = harness.ask("call $0");
    const stream = await harness.stream(0);
    stream.write("model();");
    stream.end();
    const outcome = await asked;
    assert.equal(brief(outcome), "embedded: model();");
    assert.deepEqual(outcome.report?.tokens, { prompt: 10, cached: 8, generated: 2 });
    assert.deepEqual(outcome.report?.template, "qwen");
  });

  it("ends the stream at a sane place, and the runtime with it", async () => {
    const harness = await Harness.ready();
    const asked = harness.ask("const a = $0");
    const stream = await harness.stream(0);
    stream.write("1;\nconst b");
    assert.equal(brief(await asked), "embedded: 1;");
    assert.equal(stream.signal.aborted, true);
  });

  it("serves what is typed as suggested without asking again", async () => {
    const harness = await Harness.ready();
    const asked = harness.ask("a = $0");
    const stream = await harness.stream(0);
    stream.write("value;");
    stream.end();
    await asked;
    const again = await harness.ask("a = val$0");
    assert.equal(brief(again), "embedded: ue;");
    assert.equal(harness.runtime.streams.length, 1);
  });

  it("joins the request in flight when what was typed agrees with it", async () => {
    const harness = await Harness.ready();
    const caller = new AbortController();
    const first = harness.ask("a = $0", { signal: caller.signal });
    const stream = await harness.stream(0);
    caller.abort();
    assert.equal(brief(await first), "cancelled");
    const second = harness.ask("a = v$0", { version: 2 });
    stream.write("value;");
    stream.end();
    assert.equal(brief(await second), "embedded: alue;");
    assert.equal(harness.runtime.streams.length, 1);
  });

  it("asks anew when the answer of the joined request does not fit after all", async () => {
    const harness = await Harness.ready();
    const caller = new AbortController();
    const first = harness.ask("a = $0", { signal: caller.signal });
    const stream = await harness.stream(0);
    caller.abort();
    await first;
    const second = harness.ask("a = v$0", { version: 2 });
    await settle();
    stream.write("other;");
    stream.end();
    const fresh = await harness.stream(1);
    fresh.write("alue;");
    fresh.end();
    assert.equal(brief(await second), "embedded: alue;");
  });

  it("asks nothing about a document that has moved on", async () => {
    const harness = await Harness.ready();
    const first = harness.ask("a = $0", { version: 1 });
    harness.service.documentChanged(cursorText("a = x$0", { version: 2 }).snapshot);
    await harness.clock.advance(100);
    assert.equal(brief(await first), "stale");
    assert.equal(harness.runtime.streams.length, 0);
  });

  it("ends a request that nobody joined within 150 ms", async () => {
    const harness = await Harness.ready();
    const caller = new AbortController();
    const asked = harness.ask("a = $0", { signal: caller.signal });
    const stream = await harness.stream(0);
    caller.abort();
    await asked;
    await harness.clock.advance(149);
    assert.equal(stream.signal.aborted, false);
    await harness.clock.advance(2);
    assert.equal(stream.signal.aborted, true);
  });

  it("keeps a request that a second caller waits for when the first one goes", async () => {
    const harness = await Harness.ready();
    const [first, second] = [new AbortController(), new AbortController()];
    const firstAsked = harness.ask("a = $0", { signal: first.signal });
    const stream = await harness.stream(0);
    const secondAsked = harness.ask("a = $0", { signal: second.signal });
    await settle();
    first.abort();
    await firstAsked;
    await harness.clock.advance(500);
    assert.equal(stream.signal.aborted, false);
    second.abort();
    await secondAsked;
    await harness.clock.advance(151);
    assert.equal(stream.signal.aborted, true);
  });

  it("does not join a request that was made elsewhere in the document", async () => {
    const harness = await Harness.ready();
    void harness.ask("a = $0\nb = ");
    const first = await harness.stream(0);
    const second = harness.ask("a = \nb = $0");
    const stream = await harness.stream(1);
    assert.equal(first.signal.aborted, true);
    stream.write("2;");
    stream.end();
    assert.equal(brief(await second), "embedded: 2;");
  });

  it("counts the tokens of what is being typed seldom", async () => {
    const harness = await Harness.ready();
    let line = "const total = ";
    void harness.ask(`${line}$0`);
    (await harness.stream(0)).end();
    await settle();
    const counted = harness.runtime.counted.length;
    for (const [index, key] of Array.from("sum(parts)").entries()) {
      line += key;
      void harness.ask(`${line}$0`);
      (await harness.stream(index + 1)).end();
      await settle();
    }
    assert.ok(counted > 0);
    assert.equal(harness.runtime.counted.length, counted);
  });

  it("ends a request at once when the document no longer fits it", async () => {
    const harness = await Harness.ready();
    const asked = harness.ask("a = $0");
    const stream = await harness.stream(0);
    stream.write("val");
    await settle();
    harness.service.documentChanged(cursorText("a = x$0").snapshot);
    assert.equal(stream.signal.aborted, true);
    assert.equal(brief(await asked), "cancelled");
  });

  it("runs one model request per document: the newest", async () => {
    const harness = await Harness.ready();
    void harness.ask("a = $0");
    const first = await harness.stream(0);
    void harness.ask("completely different $0", { version: 2 });
    const second = await harness.stream(1);
    assert.equal(first.signal.aborted, true);
    assert.equal(second.signal.aborted, false);
  });

  it("asks nothing for a key that is followed by another within the debounce", async () => {
    const harness = await Harness.ready();
    const caller = new AbortController();
    const first = harness.ask("a$0", { signal: caller.signal });
    await harness.clock.advance(5);
    caller.abort();
    assert.equal(brief(await first), "cancelled");
    await harness.clock.advance(100);
    assert.equal(harness.runtime.streams.length, 0);
  });

  it("stands in for a model that is late, and keeps its answer for the next key", async () => {
    const harness = await Harness.ready();
    const asked = harness.ask("a = $0");
    const stream = await harness.stream(0);
    await harness.clock.advance(1500);
    assert.equal(brief(await asked), "builtin: builtin();");
    stream.write("late;");
    stream.end();
    await settle();
    assert.equal(brief(await harness.ask("a = $0")), "embedded: late;");
  });

  const nothing: BuiltinAnswer = { kind: "none", reason: "empty" };

  it("waits for a late model where nothing can stand in", async () => {
    const harness = await Harness.ready();
    harness.builtinAnswer = nothing;
    const asked = harness.ask("a = $0");
    const stream = await harness.stream(0);
    await harness.clock.advance(5000);
    stream.write("late;");
    stream.end();
    assert.equal(brief(await asked), "embedded: late;");
  });

  it("waits for a model that loads where nothing can stand in", async () => {
    const harness = new Harness();
    harness.builtinAnswer = nothing;
    harness.model.bind("embedded/fake");
    await settle();
    const asked = harness.ask("a = $0");
    await settle();
    harness.opening.resolve();
    const stream = await harness.stream(0);
    stream.write("loaded;");
    stream.end();
    assert.equal(brief(await asked), "embedded: loaded;");
  });

  it("waits as long as it takes when asked by hand", async () => {
    const harness = await Harness.ready();
    const asked = harness.ask("a = $0", { trigger: "manual" });
    const stream = await harness.stream(0);
    await harness.clock.advance(60_000);
    stream.write("late;");
    stream.end();
    assert.equal(brief(await asked), "embedded: late;");
  });

  it("fails with the runtime's code and answers the next request", async () => {
    const harness = await Harness.ready();
    const asked = harness.ask("a = $0");
    (await harness.stream(0)).fail(new RuntimeError("runtime-crashed", "the model process ended"));
    assert.equal(brief(await asked), "runtime-crashed");
    const again = harness.ask("a = $0");
    const stream = await harness.stream(1);
    stream.write("1;");
    stream.end();
    assert.equal(brief(await again), "embedded: 1;");
  });

  const gates: readonly (readonly [string, string, Partial<Harness["settings"]>, string])[] = [
    ["in the middle of a word", "fo$0o", {}, "inside-word"],
    ["where it is switched off", "a $0", { "completion.enabled": false }, "disabled"],
    [
      "in a language that is off",
      "a $0",
      { "completion.languages": { typescript: false } as never },
      "disabled",
    ],
    ["in a line of 20,001 characters", `${"x ".repeat(10_001)}$0`, {}, "too-large"],
    ["inside the value of a password", 'const password = "hunt$0"', {}, "secret"],
    ["between the halves of an emoji", "a \ud83d$0\ude00", {}, "outside-document"],
  ];
  for (const [where, marked, settings, reason] of gates) {
    it(`stays silent ${where}`, async () => {
      const harness = new Harness();
      harness.settings = { ...harness.settings, ...settings };
      assert.equal(brief(await harness.ask(marked)), reason);
    });
  }

  it("stays silent in a file that holds secrets, whoever would answer", async () => {
    const harness = await Harness.ready();
    const { snapshot, position } = cursorText("TOKEN=$0", { uri: "file:///project/.env" });
    const outcome = await harness.service.complete({ snapshot, position, trigger: "manual" }, never);
    assert.equal(brief(outcome), "secret");
    assert.equal(harness.runtime.streams.length, 0);
  });

  it("stays silent at a cursor outside the document", async () => {
    const { snapshot } = cursorText("one line$0");
    const request = { snapshot, position: { line: 7, character: 0 }, trigger: "manual" } as const;
    assert.equal(brief(await new Harness().service.complete(request, never)), "outside-document");
  });
});
