/** What the doctor says of each role: who is to fill it, and whether that can. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { defaultSettings } from "../../../../server/config/resolve-settings.ts";
import type { Settings } from "../../../../server/config/schema.ts";
import type { DoctorPorts } from "../../../../server/features/doctor/doctor-ports.ts";
import type { ModelFileFinding } from "../../../../server/model/findings.ts";
import { RuntimeError } from "../../../../server/model/runtime-error.ts";
import { check, gib } from "../../../support/doctor-machine.ts";

function role(value: string): { readonly settings: Settings } {
  return { settings: { ...defaultSettings, "roles.complete": value } };
}

const broken: ModelFileFinding = {
  kind: "unusable",
  path: "/m/bad.gguf",
  error: new RuntimeError("model-invalid", "The model file is empty."),
};

describe("the doctor's check of a role", () => {
  it("the role off", () => check("roles.complete", role("off"), { state: "ok", found: /^off$/ }));
  it("the role built in", () =>
    check("roles.complete", role("builtin/ngram"), { state: "ok", found: /built in/ }));
  it("the role auto with no model", () => check("roles.complete", {}, { state: "ok", found: /built in/ }));
  it("the role auto takes the largest model that can complete", () =>
    check(
      "roles.complete",
      {
        modelFiles: async () => [
          { kind: "model", path: "/m/chat.gguf", name: "chat", fileBytes: 9 * gib, parameters: 8e9 },
          {
            kind: "model",
            path: "/m/small.gguf",
            name: "small",
            fileBytes: gib,
            parameters: 1e9,
            fim: "qwen",
          },
          {
            kind: "model",
            path: "/m/large.gguf",
            name: "large",
            fileBytes: 2 * gib,
            parameters: 2e9,
            fim: "seed",
          },
        ],
      },
      { state: "ok", found: /^embedded\/large \(2\.15 GB, template seed\)$/ },
    ));
  it("the role auto takes a model of an Ollama that runs, where there is no file", () =>
    check(
      "roles.complete",
      {
        servedModels: async () => [
          { name: "coder:3b", bytes: 2e9, parameters: 3e9, fills: true, reasons: "no" },
          { name: "deepseek-r1:7b", bytes: 5e9, parameters: 7e9, fills: false, reasons: "r1" },
        ],
        remoteModel: async ({ model }) => ({
          kind: "reached",
          info: { runtime: "ollama", name: model, contextTokens: 8192, fim: "qwen", reasons: false },
        }),
      },
      { state: "ok", found: /^ollama\/coder:3b \(8192 tokens, template qwen\)$/ },
    ));
  it("the role auto takes none that is too small, and says of each why", () =>
    check(
      "roles.complete",
      {
        modelFiles: async () => [
          { kind: "model", path: "/m/chat.gguf", name: "chat", fileBytes: gib, parameters: 1e9 },
          { kind: "model", path: "/m/toy.gguf", name: "toy", fileBytes: 4e6, parameters: 3e6, fim: "qwen" },
          broken,
        ],
      },
      {
        state: "warn",
        found: /built in/,
        why: /^chat was not trained to fill in the middle\.\ntoy is not taken by itself: it has 3 million/,
      },
    ));
  it("the models folder", async () => {
    const model = { kind: "model", path: "/m/a.gguf", name: "a", fileBytes: gib, parameters: 1e9 } as const;
    await check("models", {}, { state: "ok", found: /^\/m: 0 models$/ });
    await check("models", { modelFiles: async () => [model] }, { state: "ok", found: /^\/m: one model$/ });
    await check(
      "models",
      { modelFiles: async () => [broken, broken, model] },
      { state: "warn", found: /one model/, why: /^(\/m\/bad\.gguf: .*is empty\.\n?){2}$/ },
    );
  });
  it("a named model that is there", () =>
    check("roles.complete", role("embedded/coder"), { state: "ok", found: /embedded\/coder \(1\.07 GB/ }));
  for (const value of ["embedded/coder", "llama-server/a", "ollama/a"]) {
    it(`a model that did not run when it was last wanted: ${value}`, () =>
      check(
        "roles.complete",
        {
          ...role(value),
          lastFailure: async () => new RuntimeError("out-of-memory", "cudaMalloc failed."),
          ...(value === "ollama/a"
            ? { remoteModel: async () => ({ kind: "starts", program: "/usr/bin/ollama" }) as const }
            : {}),
        },
        { state: "fail", why: /not enough memory.*cudaMalloc failed/, mend: /smaller model/ },
      ));
  }
  it("a program that is started with the first request", () =>
    check(
      "roles.complete",
      {
        ...role("ollama/a"),
        remoteModel: async () => ({ kind: "starts", program: "/usr/bin/ollama" }),
      },
      { state: "ok", found: /^ollama\/a: \/usr\/bin\/ollama is started with the first request$/ },
    ));
  it("a context that is larger than what the model was trained with", () =>
    check(
      "roles.complete",
      {
        ...role("llama-server/a"),
        remoteModel: async ({ runtime, model: name }) => ({
          kind: "reached",
          info: { runtime, name, contextTokens: 4096, untrainedTokens: 28_672, fim: "qwen", reasons: false },
        }),
      },
      { state: "warn", why: /set to 32768 tokens.*trained with 4096/, mend: /context of 4096 tokens/ },
    ));
  it("a model that is not fetched to its end", async () => {
    const name = "qwen2.5-coder-1.5b-q4_k_m";
    const ports: Partial<DoctorPorts> = {
      ...role(`embedded/${name}`),
      modelFile: async (path) => ({
        kind: "unusable",
        path,
        error: new RuntimeError("model-not-found", "There is no file {0}.", { values: [path] }),
      }),
      unfinished: async () => [{ name, bytes: gib / 2, total: gib }],
    };
    const { mendActions } = await check("roles.complete", ports, {
      state: "fail",
      why: /is not fetched to its end/,
      mend: /goes on where it stopped/,
    });
    assert.equal(mendActions?.[0]?.command, "hearth.pullModel");
    assert.deepEqual(mendActions[0].arguments, ["qwen2.5-coder-1.5b:Q4_K_M"]);
    await check("models", ports, { state: "warn", why: /537 MB of 1\.07 GB are here/ });
  });
  it("offers each setting that a mend names at a click", async () => {
    const error = new RuntimeError("refused", "No.", {
      mend: "Set runtimes.openai.tls.cert and runtimes.openai.tls.key to the ones it knows.",
    });
    const { mendActions } = await check(
      "roles.complete",
      { ...role("openai/a"), remoteModel: () => Promise.reject(error) },
      { state: "fail" },
    );
    assert.deepEqual(mendActions, [
      {
        command: "hearth.openSettings",
        arguments: ["runtimes.openai.tls.cert"],
        title: "Change runtimes.openai.tls.cert",
      },
      {
        command: "hearth.openSettings",
        arguments: ["runtimes.openai.tls.key"],
        title: "Change runtimes.openai.tls.key",
      },
    ]);
  });
  it("the role that reasons", async () => {
    const reason = (value: string) => ({ settings: { ...defaultSettings, "roles.reason": value } });
    const r1 = { kind: "model", path: "/m/r1.gguf", name: "r1", fileBytes: gib, parameters: 1e9 } as const;
    await check(
      "roles.reason",
      {},
      { state: "ok", found: /no model that reasons is here yet: hearth plan says which fit/ },
    );
    const passed = await check(
      "roles.reason",
      {
        modelFiles: async () => [
          { ...r1, parameters: 2e6, reasons: true },
          { ...r1, name: "base" },
        ],
        servedModels: async () => [
          { name: "deepseek-r1:1.5b", bytes: 4e6, parameters: 3e6, fills: false, reasons: "r1" },
          { name: "coder:3b", bytes: 2e9, parameters: 3e9, fills: true, reasons: "no" },
        ],
      },
      {
        state: "warn",
        why: /^r1 is not taken by itself: it has 2 million.*\ndeepseek-r1:1\.5b is not taken by itself: it has 3 million.*$/,
        mend: /hearth models pull, or name one in roles\.reason/,
      },
    );
    assert.equal(passed.mendActions?.[0]?.command, "hearth.plan");
    await check(
      "roles.complete",
      {
        servedModels: async () => [
          { name: "coder:tiny", bytes: 4e6, parameters: 3e6, fills: true, reasons: "no" },
        ],
      },
      { state: "warn", why: /^coder:tiny is not taken by itself/ },
    );
    await check("roles.reason", reason("off"), { state: "ok", found: /^off$/ });
    await check(
      "roles.reason",
      { modelFiles: async () => [{ ...r1, reasons: true }] },
      { state: "ok", found: /^embedded\/r1 \(1\.07 GB\)$/ },
    );
    await check(
      "roles.reason",
      { ...reason("embedded/bad"), modelFile: async () => broken },
      { state: "fail", why: /is empty/, mend: /roles\.reason/ },
    );
    await check(
      "roles.reason",
      {
        ...reason("ollama/nomic-embed-text"),
        remoteModel: async ({ runtime, model: name }) => ({
          kind: "reached",
          info: { runtime, name, contextTokens: 2048, reasons: false, chats: false },
        }),
      },
      { state: "fail", why: /nomic-embed-text has no chat template/, mend: /roles\.reason/ },
    );
  });
  it("a named model that is broken", () =>
    check(
      "roles.complete",
      { ...role("embedded/bad"), modelFile: async () => broken },
      { state: "fail", found: /bad\.gguf/, why: /is empty/ },
    ));
  it("a named model that cannot fill in the middle", () =>
    check(
      "roles.complete",
      {
        ...role("embedded/r1"),
        modelFile: async (path) => ({ kind: "model", path, name: "r1", fileBytes: gib, parameters: 1e9 }),
      },
      { state: "fail", why: /r1 was not trained/, mend: /roles\.complete/ },
    ));
  it("a model of a runtime that answers", () =>
    check("roles.complete", role("llama-server/qwen:1b"), {
      state: "ok",
      found: /llama-server\/qwen:1b .*4096 tokens, template qwen/,
    }));
  it("a runtime that does not answer", () =>
    check(
      "roles.complete",
      {
        ...role("llama-server/a"),
        remoteModel: () => Promise.reject(new RuntimeError("runtime-unreachable", "Nobody is there.")),
      },
      { state: "fail", found: /llama-server\/a/, why: /Nobody is there/, mend: /auto/ },
    ));
  it("a model of a runtime that cannot fill in the middle", () =>
    check(
      "roles.complete",
      {
        ...role("llama-server/r1"),
        remoteModel: async () => ({
          kind: "reached",
          info: { runtime: "llama-server", name: "r1", contextTokens: 1, reasons: true },
        }),
      },
      { state: "fail", why: /r1 was not trained/ },
    ));
});
