/** What the doctor says of each state of a machine; the machine is a table. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { defaultSettings } from "../../../../server/config/resolve-settings.ts";
import type { Settings } from "../../../../server/config/schema.ts";
import { runDoctor } from "../../../../server/features/doctor/doctor.ts";
import type { DoctorPorts } from "../../../../server/features/doctor/doctor-ports.ts";
import type { ModelFileFinding } from "../../../../server/model/findings.ts";
import { RuntimeError } from "../../../../server/model/runtime-error.ts";
import { check, gib, healthy, llamaCpp, never, url } from "../../../support/doctor-machine.ts";

function role(value: string): { readonly settings: Settings } {
  return { settings: { ...defaultSettings, "roles.complete": value } };
}

const broken: ModelFileFinding = {
  kind: "unusable",
  path: "/m/bad.gguf",
  error: new RuntimeError("model-invalid", "The model file is empty."),
};

describe("the doctor", () => {
  it("has nothing to mend on a healthy machine, in a fixed order", async () => {
    const { checks } = await runDoctor(healthy, never);
    assert.deepEqual(
      checks.map(({ id, state }) => `${id} ${state}`),
      [
        "node ok",
        "home ok",
        "settings ok",
        "machine ok",
        "processor ok",
        "llama.cpp ok",
        "gpu.build ok",
        "host ok",
        "models ok",
        "roles.complete ok",
        "workspace ok",
        "ollama ok",
        "llama-server ok",
      ],
    );
  });

  for (const nodeVersion of ["20.19.2", "22.12.0", "18.0.0"]) {
    it(`Node ${nodeVersion}, which lacks node:sqlite`, () =>
      check("node", { nodeVersion }, { state: "fail", why: /needs Node\.js 22\.13/, mend: /24/ }));
  }
  it("the oldest Node that will do", () => check("node", { nodeVersion: "22.13.0" }, { state: "ok" }));
  it("a home that others can read", () =>
    check(
      "home",
      { ensureHome: async () => ({ kind: "open", mode: 0o755 }) },
      { state: "warn", why: /755/, mend: /chmod 700/ },
    ));
  it("a home that cannot be written", () =>
    check(
      "home",
      { ensureHome: async () => ({ kind: "unwritable", reason: "EROFS" }) },
      { state: "fail", why: /EROFS/, mend: /HEARTH_HOME/ },
    ));
  it("a home that is a file", () =>
    check(
      "home",
      {
        ensureHome: async () => ({
          kind: "unwritable",
          reason: "EEXIST: file already exists, mkdir '/home/me/hearth'",
        }),
      },
      { state: "fail", why: /^\/home\/me\/hearth is not a folder\.$/ },
    ));
  it("a host whose home cannot be written is not looked at", () =>
    check(
      "host",
      {
        ensureHome: async () => ({ kind: "unwritable", reason: "EROFS" }),
        loadedModels: () => Promise.reject(new RuntimeError("internal", "EROFS")),
      },
      { state: "warn", found: /^not looked at$/, mend: /^Set HEARTH_HOME/ },
    ));
  it("settings with problems", () =>
    check(
      "settings",
      { problems: ["a is wrong", "b is wrong"] },
      { state: "warn", found: /2 problems/, why: /a is wrong\nb is wrong/ },
    ));
  it("little memory", () =>
    check(
      "machine",
      { llamaCpp: async () => ({ ...llamaCpp, freeBytes: gib / 2 }) },
      { state: "warn", found: /0\.5 GiB of 8\.0 GiB/ },
    ));
  it("little memory by Node's figure, where llama.cpp gives none", () =>
    check(
      "machine",
      {
        llamaCpp: async () => ({ kind: "missing", reason: "none" }),
        memory: { totalBytes: 2 * gib, availableBytes: gib / 2 },
      },
      { state: "warn", found: /0\.5 GiB of 2\.0 GiB/ },
    ));
  it("no llama.cpp for the platform", () =>
    check("llama.cpp", { llamaCpp: async () => ({ kind: "missing", reason: "none" }) }, { state: "warn" }));
  it("a llama.cpp that crashes", () =>
    check(
      "llama.cpp",
      { llamaCpp: async () => ({ kind: "broken", reason: "SIGILL" }) },
      { state: "fail", why: /SIGILL/ },
    ));
  it("a check that throws", () =>
    check(
      "llama.cpp",
      { llamaCpp: () => Promise.reject(new Error("boom")) },
      { state: "fail", why: /boom/ },
    ));

  it("a host that holds nothing", () => check("host", {}, { state: "ok", found: /^no model is loaded$/ }));
  it("a host that holds models", () =>
    check(
      "host",
      {
        loadedModels: async () => [
          { name: "coder", memoryBytes: 1.5 * gib },
          { name: "new", memoryBytes: 0 },
        ],
      },
      { state: "ok", found: /^loaded: coder \(1\.5 GiB\), new$/ },
    ));
  it("a host whose model memory does not hold in full", () =>
    check(
      "host",
      {
        loadedModels: async () => [
          {
            name: "coder",
            memoryBytes: gib,
            reduced: { sentence: "{0} gets {1} tokens.", values: ["coder", 2048] },
          },
        ],
      },
      { state: "warn", found: /^loaded: coder/, why: /^coder gets 2048 tokens\.$/, mend: /Hearth: Restart/ },
    ));
  it("a host that cannot be trusted", () =>
    check(
      "host",
      { loadedModels: () => Promise.reject(new RuntimeError("refused", "Its folder is another's.")) },
      { state: "fail", why: /another's/, mend: /roles\.complete/ },
    ));

  it("a host that hangs", () =>
    check(
      "host",
      { loadedModels: () => Promise.reject(new RuntimeError("runtime-unreachable", "Silence.")) },
      { state: "fail", why: /Silence/, mend: /^Try again/ },
    ));

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
      { state: "ok", found: /^embedded\/large \(2\.0 GiB, template seed\)$/ },
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
    check("roles.complete", role("embedded/coder"), { state: "ok", found: /embedded\/coder \(1\.0 GiB/ }));
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
    await check("models", ports, { state: "warn", why: /512 MiB of 1\.0 GiB are here/ });
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

  it("Ollama of a build that has no version", () =>
    check(
      "ollama",
      { ollama: async () => ({ kind: "found", url, version: "0.0.0", models: [] }) },
      { state: "ok", found: /a build that has no version/ },
    ));
  it("an Ollama that hangs", () =>
    check(
      "ollama",
      { ollama: async () => ({ kind: "late", url }) },
      { state: "warn", found: /does not answer/, mend: /Restart/ },
    ));
  it("a stranger where the settings name a llama-server", async () => {
    const settings = { ...defaultSettings, "runtimes.llamaServer.url": "http://127.0.0.1:8080" };
    const stranger = { url: "http://127.0.0.1:8080", kind: "stranger" } as const;
    const llamaServer = async () => ({ instead: stranger });
    await check("llama-server", { settings, llamaServer }, { state: "warn", found: /not llama-server/ });
    const late = async () => ({ instead: { ...stranger, kind: "late" as const } });
    await check("llama-server", { settings, llamaServer: late }, { state: "warn", found: /does not answer/ });
    await check("llama-server", { llamaServer }, { state: "ok" });
  });
  it("Ollama", () =>
    check(
      "ollama",
      { ollama: async () => ({ kind: "found", url, version: "0.24.0", models: ["a"] }) },
      { state: "ok", found: /0\.24\.0/ },
    ));
  for (const [version, state] of [
    ["0.17.0", "warn"],
    ["0.17.1", "ok"],
    ["0.9.12", "warn"],
    ["1.0.0", "ok"],
    ["0.17.1-rc2", "ok"],
  ] as const) {
    it(`Ollama ${version}: ${state}`, () =>
      check("ollama", { ollama: async () => ({ kind: "found", url, version, models: [] }) }, { state }));
  }
  it("a stranger on Ollama's port", () =>
    check(
      "ollama",
      { ollama: async () => ({ kind: "stranger", url }) },
      { state: "warn", found: /not Ollama/ },
    ));
  it("an Ollama elsewhere while offline", () =>
    check(
      "ollama",
      { ollama: async () => ({ kind: "not-asked", url: "http://gpu:11434" }) },
      { state: "warn", mend: /privacy\.offline/ },
    ));
  it("llama-server running and on PATH", async () => {
    await check(
      "llama-server",
      { llamaServer: async () => ({ running: { url: "http://127.0.0.1:8080", model: "m.gguf" } }) },
      { state: "ok", found: /m\.gguf/ },
    );
    await check(
      "llama-server",
      { llamaServer: async () => ({ path: "/usr/bin/llama-server" }) },
      { state: "ok", found: /usr/ },
    );
  });
});
