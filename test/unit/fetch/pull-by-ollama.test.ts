/** Pulls that an Ollama does: what is asked of the person and of the registry before it is asked to. */

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { systemClock } from "../../../server/base/clock.ts";
import { english } from "../../../server/base/l10n.ts";
import { explainFetchError } from "../../../server/fetch/explain-fetch-error.ts";
import { FetchError } from "../../../server/fetch/fetch-error.ts";
import type { FetchAnswer, FetchQuestion } from "../../../server/fetch/fetch-question.ts";
import { questionText } from "../../../server/fetch/fetch-words.ts";
import { readOllamaModel } from "../../../server/fetch/ollama-name.ts";
import { type OllamaPort, pullByOllama } from "../../../server/fetch/pull-by-ollama.ts";
import { usualPatience } from "../../../server/fetch/transfer.ts";
import type { TransferProgress } from "../../../server/fetch/transfer-progress.ts";
import { WebClient } from "../../../server/fetch/web-client.ts";
import { OllamaRegistry } from "../../support/ollama-registry.ts";

const never = new AbortController().signal;

describe("a pull by Ollama", () => {
  let home = "";
  let registry: OllamaRegistry;
  let client: WebClient;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "hearth-ollama-pull-"));
    registry = await OllamaRegistry.start(Buffer.alloc(1000, 3));
    client = new WebClient({ httpProxy: "", httpsProxy: "", noProxy: "" });
  });
  afterEach(async () => {
    client.dispose();
    registry.dispose();
    await rm(home, { recursive: true });
  });

  interface Pulling {
    readonly name: string;
    readonly has: readonly string[];
    readonly answer: FetchAnswer;
    readonly work: OllamaPort["pull"];
    readonly ask: (question: FetchQuestion) => Promise<FetchAnswer>;
  }

  async function pull(pulling: Partial<Pulling> = {}) {
    const { name = `ollama/${registry.model}`, has = [], answer = "yes" } = pulling;
    const asked: FetchQuestion[] = [];
    const progress: TransferProgress[] = [];
    const told: object[] = [];
    const work: OllamaPort["pull"] = async (model, onStep) => {
      told.push(model);
      onStep({});
      onStep({ digest: "a", total: 1000, completed: 400 });
      onStep({ digest: "b", total: 50, completed: 50 });
      onStep({ digest: "a", total: 1000, completed: 1000 });
    };
    const model = readOllamaModel(name);
    assert.ok(model);
    const result = await pullByOllama(
      model,
      {
        home,
        offline: true,
        client,
        clock: systemClock,
        patience: usualPatience,
        now: () => new Date(0),
        ollama: { models: has, pull: pulling.work ?? work, create: () => assert.fail("nothing is made") },
        ask: async (question) => {
          asked.push(question);
          return pulling.ask ? pulling.ask(question) : answer;
        },
        onProgress: (step) => progress.push(step),
      },
      never,
    );
    return { result, asked, progress, told };
  }

  it("names hosts, bytes and licence first, and counts all files together", async () => {
    const { result, asked, progress, told } = await pull();
    const [question] = asked;
    assert.ok(question?.kind === "fetch" && asked.length === 1);
    const { hosts, bytes, licence } = question.offer;
    assert.deepEqual([hosts, licence], [[registry.host, registry.storeHost], { id: "unknown" }]);
    assert.ok(bytes > 1000);
    assert.deepEqual(told, [{ model: registry.model, insecure: true }]);
    assert.deepEqual(
      progress.map((step) => [step.bytes, step.total]),
      [0, 400, 450, 1050].map((here) => [Math.min(here, bytes), bytes]),
    );
    const expected = { state: "fetched", model: `ollama/${registry.model}`, bytes, licence: "unknown" };
    assert.deepEqual(result, expected);
  });

  it("asks nobody for what is there", async () => {
    const { result, asked } = await pull({ has: [registry.model] });
    assert.deepEqual([result.state, asked, registry.seen], ["there", [], []]);
  });

  const refusing: Readonly<Record<string, readonly [Partial<Pulling>, string, number]>> = {
    "a person says no": [{ answer: "no" }, "declined", 2],
    "nobody can be asked": [{ answer: "nobody" }, "nobody-asked", 2],
    "nobody can be asked whether a host beyond this machine may be": [
      { name: "ollama/models.example/library/tiny", answer: "nobody" },
      "nobody-asked",
      0,
    ],
  };
  for (const [what, [pulling, code, requests]] of Object.entries(refusing))
    it(`does nothing where ${what}`, async () => {
      const work = async () => assert.fail("it was pulled");
      const error = await pull({ ...pulling, work }).catch((thrown: unknown) => thrown);
      assert.ok(error instanceof FetchError, String(error));
      assert.deepEqual([error.code, registry.seen.length], [code, requests]);
    });

  it("says by whom a model beyond this machine would be fetched and kept, and what will be asked for", async () => {
    const model = "models.example/library/tiny:latest";
    let shown = "";
    const ask = async (question: FetchQuestion) => {
      shown = questionText(question, english);
      return "no" as const;
    };
    await assert.rejects(pull({ name: `ollama/${model}`, ask }), { code: "declined" });
    assert.equal(
      shown,
      `models.example will be asked for ${model}.\nOllama fetches it from there, and keeps it.`,
    );
  });

  it("does not send a person to models.source for a registry that does not answer", async () => {
    const error = await pull({ name: "ollama/127.0.0.1:9/library/tiny" }).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof FetchError, String(error));
    const told = explainFetchError(error, english);
    assert.equal(told.code, "registry-failed");
    assert.match(told.message, /^127\.0\.0\.1:9 does not answer/);
    assert.equal(told.mend, "Check the network and HTTPS_PROXY, then run the same command again.");
    const named = readOllamaModel("qwen2.5-coder-0.5b")?.otherwise;
    assert.equal(named, "qwen2.5-coder-0.5b:Q4_K_M");
    const failed = new FetchError("registry-failed", { values: [named], cause: error });
    assert.match(explainFetchError(failed, english).mend, /\(qwen2\.5-coder-0\.5b:Q4_K_M\): that comes from/);
  });

  it("says that a registry does not have it", async () => {
    const name = `ollama/${registry.host}/library/other:1b`;
    await assert.rejects(pull({ name }), { code: "not-found" });
  });
});
