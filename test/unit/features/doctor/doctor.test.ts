/** What the doctor says of each state of a machine; the machine is a table. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { defaultSettings } from "../../../../server/config/resolve-settings.ts";
import { runDoctor } from "../../../../server/features/doctor/doctor.ts";
import { RuntimeError } from "../../../../server/model/runtime-error.ts";
import { check, gib, healthy, llamaCpp, never, url } from "../../../support/doctor-machine.ts";
import { ManualClock } from "../../../support/manual-clock.ts";

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
        "roles.reason ok",
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

  it("what never comes to an end is one finding, and holds up no other", async () => {
    const clock = new ManualClock();
    const hangs = () => Promise.withResolvers<never>().promise;
    const examined = runDoctor({ ...healthy, clock, ollama: hangs }, never);
    await clock.advance(90_000);
    const { checks } = await examined;
    const wrong = checks.filter(({ state }) => state !== "ok");
    assert.deepEqual(
      wrong.map(({ id, found, why }) => [id, found, why]),
      [["ollama", "The check did not come to an end.", "What it asked has not answered for 90 seconds."]],
    );
  });

  it("Ollama of a build that has no version", () =>
    check(
      "ollama",
      { ollama: async () => ({ kind: "found", url, version: "0.0.0", models: [] }) },
      { state: "ok", found: /a build that has no version/ },
    ));
  it("an Ollama that is installed and does not run, and none", async () => {
    await check(
      "ollama",
      { idleOllama: async () => "/usr/bin/ollama" },
      {
        state: "ok",
        found: /^\/usr\/bin\/ollama is installed and does not run: start it, or name .*ollama\/NAME/,
      },
    );
    await check("ollama", {}, { state: "ok", found: /^No Ollama at .*none is installed here$/ });
  });
  it("a server of OpenAI's protocol, where one is set", async () => {
    const at = "https://models.example";
    const settings = { ...defaultSettings, "runtimes.openai.url": `${at}/v1` };
    await check(
      "openai",
      { settings, openai: async () => ({ kind: "found", url: at, models: 3 }) },
      { state: "ok", found: /models\.example serves models: 3$/ },
    );
    await check(
      "openai",
      { settings, openai: async () => ({ kind: "wants-key", url: at }) },
      { state: "ok", found: /wants a key, which the doctor does not send/ },
    );
    await check(
      "openai",
      { settings, openai: () => Promise.reject(new RuntimeError("runtime-unreachable", "Nobody is there.")) },
      {
        state: "warn",
        found: /at https:\/\/models\.example\/v1$/,
        why: /Nobody is there/,
        mend: /runtimes\.openai\.url/,
      },
    );
  });
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
