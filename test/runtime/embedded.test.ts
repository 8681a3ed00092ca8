/** What the embedded llama.cpp does beyond the contract of all runtimes (contract/embedded.test.ts). */

import assert from "node:assert/strict";
import { RuntimeError } from "../../server/model/runtime-error.ts";
import { complete, never } from "../support/host-fixture.ts";
import { useModel } from "../support/use-host.ts";
import { chat } from "./contract/behaviour.ts";

describe("the embedded runtime", function () {
  this.timeout(60_000);
  const model = useModel({
    infill: "return x; return x;\n",
    chat: "<think>plan the plan</think>Answer 你好",
  });

  it("ends reasoning that exceeds its tokens by one at most", async () => {
    const { text, reasoning } = await chat(model, { thinkingTokens: 1 });
    assert.equal(reasoning, "\nplan the\n");
    assert.equal(text, "Answer 你好");
  });

  it("computes nothing again when the start of a prompt has moved on", async () => {
    const lines = Array.from({ length: 60 }, (_, line) => `line ${line} = value(${line * 7});\n`);
    await complete(model.runtime, lines.slice(0, 50).join(""));
    const { usage } = (await complete(model.runtime, lines.slice(10, 52).join(""))).end;
    const fresh = lines.slice(50, 52).join("").length + 2;
    assert.ok(usage.prompt - usage.cached <= fresh + 2, `${usage.prompt - usage.cached} computed`);
  });

  it("keeps the cache of completions through an embedding too", async () => {
    const prefix = "kept".repeat(100);
    await complete(model.runtime, prefix);
    await chat(model);
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
});
