import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { english } from "../../../server/base/l10n.ts";
import type { BoundModel, ModelState } from "../../../server/features/completion/completion-model.ts";
import { describeStatus, type StatusFacts } from "../../../server/lsp/status.ts";
import { toReduction } from "../../../server/model/model-info.ts";
import { RuntimeError } from "../../../server/model/runtime-error.ts";

const info = { runtime: "embedded", name: "qwen", contextTokens: 1, reasons: false } as const;
const ready: ModelState = { kind: "ready", model: { info } as unknown as BoundModel };
const failed: ModelState = {
  kind: "failed",
  name: "/models/qwen.gguf",
  error: new RuntimeError("model-not-found", "/models/qwen.gguf"),
};
const builtin = { runtime: "builtin", model: "ngram", label: "built in (learns from this workspace)" };

const usual: StatusFacts = {
  completionEnabled: true,
  model: { kind: "none" },
  reason: { kind: "off" },
  trusted: true,
  reading: undefined,
};

describe("the status", () => {
  function check(
    facts: Partial<StatusFacts>,
    expected: { state: string; message: string; label?: string; mend?: string },
  ) {
    const { state, message, roles, mend } = describeStatus({ ...usual, ...facts }, english);
    const { label = builtin.label } = expected;
    assert.deepEqual(
      { state, message, label: roles.complete.label, mend: mend?.command },
      { label, mend: undefined, ...expected },
    );
  }

  it("has nothing to say when all is well", () => check({}, { state: "ready", message: "" }));
  it("names the model", () => check({ model: ready }, { state: "ready", message: "", label: "qwen" }));
  it("says how far the reading is", () =>
    check({ reading: { files: 12 } }, { state: "busy", message: "Reading the workspace: 12 files so far." }));
  it("says who stands in for a model that loads", () =>
    check(
      { model: { kind: "loading", name: "/models/qwen.gguf" } },
      { state: "busy", message: "qwen.gguf is loading; the built-in completer answers meanwhile." },
    ));
  const full = new RuntimeError("out-of-memory", "{0} says: {1}", {
    values: ["llama.cpp", "cudaMalloc failed"],
  });
  const half = new RuntimeError("out-of-memory", "{0} gets less: {1} tokens.", { values: ["qwen", 4096] });
  it("says what is loaded where memory runs out, and why", () =>
    check(
      { model: { kind: "loading", name: "qwen", step: { said: half, reason: full } } },
      { state: "busy", message: "qwen gets less: 4096 tokens. llama.cpp says: cudaMalloc failed" },
    ));
  it("keeps saying what is loaded instead, and offers to try in full", () =>
    check(
      {
        model: {
          kind: "ready",
          model: { info: { ...info, reduced: toReduction(half) } } as unknown as BoundModel,
        },
      },
      {
        state: "ready",
        message: "qwen gets less: 4096 tokens.",
        label: "qwen",
        mend: "hearth.restart",
      },
    ));
  it("says what failed, why, and what mends it", () =>
    check(
      { model: failed },
      {
        state: "failed",
        message:
          "qwen.gguf is not used. The model is not there: /models/qwen.gguf. Check the name or path in roles.complete, or set it to auto.",
        mend: "hearth.doctor",
      },
    ));
  it("says why no model is used", () =>
    check(
      { trusted: false },
      { state: "ready", message: "This workspace is not trusted: no model is used." },
    ));
  it("is paused when it is turned off", () =>
    check(
      { completionEnabled: false },
      { state: "paused", message: "Completion while typing is off.", mend: "hearth.toggle" },
    ));
  it("is paused when nobody completes", () =>
    check(
      { model: { kind: "off" } },
      { state: "paused", message: "Nobody completes code: the role is set to off.", label: "off" },
    ));

  const missing = new RuntimeError("model-not-found", "There is no model that reasons.");
  const gone = new RuntimeError("model-not-found", "/models/r1.gguf");
  const model = { runtime: "ollama", name: "deepseek-r1:7b" };
  const reasons: readonly (readonly [
    reason: StatusFacts["reason"],
    said: readonly [runtime: string, label: string, state: string, mend?: string],
  ])[] = [
    [{ kind: "off" }, ["none", "off", "off"]],
    [{ kind: "untrusted" }, ["none", "off: this workspace is not trusted", "off"]],
    [{ kind: "none", error: missing }, ["none", "no model that reasons is here yet", "none", "hearth.plan"]],
    [{ kind: "idle", model }, ["ollama", "deepseek-r1:7b", "idle"]],
    [{ kind: "loading", model }, ["ollama", "deepseek-r1:7b", "loading"]],
    [{ kind: "ready", model }, ["ollama", "deepseek-r1:7b", "ready"]],
    [{ kind: "failed", name: "r1", error: gone }, ["none", "r1 does not run", "failed", "hearth.doctor"]],
  ];
  for (const [reason, said] of reasons) {
    it(`says who reasons: ${reason.kind}`, () => {
      const { roles } = describeStatus({ ...usual, reason }, english);
      const { runtime, label, state, mend, message } = roles.reason;
      assert.deepEqual([runtime, label, state, ...(mend ? [mend.command] : [])], said);
      if (reason.kind === "failed")
        assert.equal(
          message,
          "The model is not there: /models/r1.gguf. Check the name or path in roles.reason, or set it to auto.",
        );
    });
  }
});
