/** The model contract in the real llama.cpp, through the host and a client, as every feature reaches it. */

import assert from "node:assert/strict";
import type { InfillRequest } from "../../server/model/model-runtime.ts";
import { control, text } from "../../server/model/prompt.ts";
import { RuntimeError } from "../../server/model/runtime-error.ts";
import { collect, complete, fim, greedy, never } from "../support/host-fixture.ts";
import { scripted } from "../support/scripted-model.ts";
import { useModel } from "../support/use-host.ts";

const seedling = "test/fixtures/models/seedling-q8_0.gguf";

describe("the embedded runtime", function () {
  this.timeout(60_000);
  const model = useModel({
    infill: "return x; return x;\n",
    chat: "<think>plan the plan</think>Answer 你好",
  });

  const infill = (request: Partial<InfillRequest>) =>
    collect(
      model.runtime.infill(
        {
          prompt: fim("const a = "),
          maxTokens: 64,
          stop: [],
          sampling: greedy,
          priority: "completion",
          ...request,
        },
        never,
      ),
    );
  const chat = (options: {
    readonly thinkingTokens?: number;
    readonly maxTokens?: number;
    readonly stop?: string[];
  }) =>
    collect(
      model.runtime.chat(
        {
          messages: [
            { role: "system", text: "Be short." },
            { role: "user", text: "Hello" },
          ],
          maxTokens: 64,
          stop: [],
          sampling: greedy,
          priority: "chat",
          ...options,
        },
        never,
      ),
    );

  it("says what the model is", () => {
    assert.equal(model.info.runtime, "embedded");
    assert.equal(model.info.fim, "qwen");
    assert.equal(model.info.reasons, true);
    assert.equal(model.info.contextTokens, 4096);
  });

  it("fills in the middle, streamed", async () => {
    const { text: answer, end, parts } = await infill({});
    assert.equal(answer, "return x; return x;\n");
    assert.equal(end.reason, "stop");
    assert.ok(parts.length > 3);
    assert.equal(end.usage.generated, parts.length - 1);
  });

  it("fills in the middle with DeepSeek's tokens too", async () => {
    const prompt = [
      control("<｜fim▁begin｜>"),
      text("a"),
      control("<｜fim▁hole｜>"),
      text("b"),
      control("<｜fim▁end｜>"),
    ];
    assert.equal((await infill({ prompt })).text, "return x; return x;\n");
  });

  const stops: readonly (readonly [
    name: string,
    request: Partial<InfillRequest>,
    text: string,
    reason: string,
  ])[] = [
    ["a string within a token", { stop: ["turn"] }, "re", "stop"],
    ["a string over two tokens", { stop: ["n x"] }, "retur", "stop"],
    ["a string that never comes", { stop: ["zzz", "return y"] }, "return x; return x;\n", "stop"],
    ["a number of tokens", { maxTokens: 2 }, "return x", "length"],
    ["no tokens at all", { maxTokens: 0 }, "", "length"],
  ];
  for (const [name, request, answer, reason] of stops) {
    it(`stops at ${name}`, async () => {
      const result = await infill(request);
      assert.equal(result.text, answer);
      assert.equal(result.end.reason, reason);
    });
  }

  it("reads text that spells a control token as text", async () => {
    const spelt = await model.runtime.countTokens("<|fim_middle|>");
    assert.equal(spelt, "<|fim_middle|>".length);
    const { text: answer } = await infill({ prompt: [...fim("a"), text("<|fim_middle|>")] });
    assert.equal(answer, "");
  });

  it("refuses control tokens that the model does not have", async () => {
    await assert.rejects(infill({ prompt: [control("<fim_prefix>"), text("a")] }), {
      code: "capability-missing",
    });
  });

  it("tells reasoning and answer apart, without the tags", async () => {
    const { text: answer, reasoning, end } = await chat({});
    assert.equal(reasoning, "\nplan the plan");
    assert.equal(answer, "Answer 你好");
    assert.ok(end.usage.reasoning >= 3);
  });

  it("leaves the reasoning out when asked to", async () => {
    const { text: answer, reasoning, end } = await chat({ thinkingTokens: 0 });
    assert.equal(answer, "Answer 你好");
    assert.equal(reasoning, "");
    assert.equal(end.usage.reasoning, 0);
  });

  it("ends reasoning that exceeds its tokens, and goes on to the answer", async () => {
    const { text: answer, reasoning } = await chat({ thinkingTokens: 1 });
    assert.equal(reasoning, "\nplan the\n");
    assert.equal(answer, "Answer 你好");
  });

  it("embeds texts, each as a vector of length one", async () => {
    const vectors = await model.runtime.embed({ texts: ["one", "two"], priority: "background" }, never);
    assert.equal(vectors.length, 2);
    for (const vector of vectors) assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-5);
  });

  it("computes no part of a prompt twice", async () => {
    const start = "x".repeat(400);
    const first = await complete(model.runtime, `${start}1`);
    const second = await complete(model.runtime, `${start}2`);
    assert.equal(first.end.usage.prompt, second.end.usage.prompt);
    assert.ok(second.end.usage.cached >= 400, `cached ${second.end.usage.cached}`);
  });

  it("computes nothing again when the start of a prompt has moved on", async () => {
    const lines = Array.from({ length: 60 }, (_, line) => `line ${line} = value(${line * 7});\n`);
    await complete(model.runtime, lines.slice(0, 50).join(""));
    const { usage } = (await complete(model.runtime, lines.slice(10, 52).join(""))).end;
    const fresh = lines.slice(50, 52).join("").length + 2;
    assert.ok(usage.prompt - usage.cached <= fresh + 2, `${usage.prompt - usage.cached} computed`);
  });

  it("warms a prompt, which then costs its last token only", async () => {
    const prefix = "warm".repeat(200);
    const warmed = await model.runtime.warm({ prompt: fim(prefix), priority: "completion" }, never);
    assert.equal(warmed.generated, 0);
    const { usage } = (await complete(model.runtime, prefix)).end;
    assert.equal(usage.cached, usage.prompt - 1);
  });

  it("keeps the cache of completions through a chat and an embedding", async () => {
    const prefix = "kept".repeat(100);
    await complete(model.runtime, prefix);
    await chat({});
    await model.runtime.embed({ texts: ["x"], priority: "background" }, never);
    const { usage } = (await complete(model.runtime, prefix)).end;
    assert.equal(usage.cached, usage.prompt - 1);
  });

  it("refuses a prompt longer than the context, with both numbers", async () => {
    await assert.rejects(complete(model.runtime, "x".repeat(5000)), (error) => {
      assert.ok(error instanceof RuntimeError);
      assert.equal(error.code, "context-overflow");
      assert.match(error.message, /500\d.*4094/);
      return true;
    });
  });

  it("serves requests at the same time, each with its own answer", async () => {
    const answers = await Promise.all([
      infill({}),
      chat({}),
      infill({ maxTokens: 1 }),
      chat({ thinkingTokens: 0 }),
    ]);
    assert.deepEqual(
      answers.map((answer) => answer.text),
      ["return x; return x;\n", "Answer 你好", "return", "Answer 你好"],
    );
  });

  it("never splits a character whose bytes come as several tokens", async () => {
    const bytes = [...Buffer.from("é🙂")].map((byte) => Uint8Array.of(byte));
    const path = await scripted({ infill: ["a=", ...bytes, ";;"] });
    const opened = await model.client.open({ runtime: "embedded", path }, never);
    const { text: answer, parts } = await complete(opened.runtime, "x");
    opened.dispose();
    assert.equal(answer, "a=é🙂;;");
    for (const part of parts) assert.ok(part.kind === "stream-end" || !part.text.includes("\uFFFD"));
  });

  it("answers alike in steps and whole, with a model that has learnt", async () => {
    const opened = await model.client.open({ runtime: "embedded", path: seedling }, never);
    assert.equal(opened.info.fim, "qwen");
    assert.equal(opened.info.contextTokens, 1024);
    const prefix = "export function add(a: number, b: number): number {\n  return ".repeat(20);
    const cold = await complete(opened.runtime, prefix);
    const warm = await complete(opened.runtime, prefix);
    opened.dispose();
    assert.equal(cold.text, warm.text);
    assert.ok(cold.text.length > 0);
    assert.ok(warm.end.usage.cached > 200);
  });
});
