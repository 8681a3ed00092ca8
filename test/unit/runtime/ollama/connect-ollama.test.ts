/** Whom the adapter of Ollama believes, what it says of a model, and what it makes of answers that are ill. */

import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { systemClock } from "../../../../server/base/clock.ts";
import { english } from "../../../../server/base/l10n.ts";
import { explainError } from "../../../../server/model/explain-error.ts";
import type { RuntimeError, RuntimeErrorCode } from "../../../../server/model/runtime-error.ts";
import { HttpClient } from "../../../../server/runtime/http/http-client.ts";
import { connectOllama, type Ollama } from "../../../../server/runtime/ollama/connect-ollama.ts";
import { collect, complete, fim, greedy, never } from "../../../support/host-fixture.ts";
import {
  type Answer,
  type OllamaStandIn,
  ollamaStandIn,
  value,
  wellShown,
} from "../../../support/ollama-stand-in.ts";

const opened: { dispose(): void | Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.dispose();
});

interface Reached extends Ollama {
  readonly server: OllamaStandIn;
  readonly logged: readonly string[];
}

async function reach(more: Readonly<Record<string, Answer>> = {}, model = "qwen-coder"): Promise<Reached> {
  const server = await ollamaStandIn(more);
  const client = new HttpClient({ url: server.url, name: "Ollama" });
  opened.push(client, server);
  const logged: string[] = [];
  const log = { log: (level: string, message: string) => logged.push(`${level} ${message}`) };
  const ollama = await connectOllama(
    client,
    { url: new URL(server.url), model, log, clock: systemClock },
    never,
  );
  return { ...ollama, server, logged };
}

const line = (more: object) => `${JSON.stringify({ response: "", done: false, ...more })}\n`;
const last = line({ done: true, done_reason: "stop", prompt_eval_count: 5, eval_count: 2 });
const lines =
  (text: string): Answer =>
  (response) =>
    response.end(text);

/** The first request only loads. */
const answering =
  (answer: Answer): Answer =>
  (response, body) =>
    (body as { prompt: string }).prompt === ""
      ? value({ done: true })(response, body)
      : answer(response, body);

describe("connectOllama", () => {
  it("says what the model is, and loads it with one set of options", async () => {
    const { info, server } = await reach();
    assert.deepEqual(info, {
      runtime: "ollama",
      name: "qwen-coder",
      contextTokens: 4096,
      fim: "qwen",
      reasons: false,
      chats: false,
    });
    const load = server.asked.find(({ path }) => path === "/api/generate")?.body;
    const options = { num_ctx: 4096 };
    assert.deepEqual(load, {
      model: "qwen-coder:latest",
      keep_alive: "30m",
      options,
      prompt: "",
      stream: false,
    });
  });

  const strangers: readonly (readonly [name: string, answer: Answer])[] = [
    ["a page", lines("<!doctype html><title>Sign in</title>")],
    ["another JSON", value({ status: "ok" })],
    ["half a line", lines('{"version": "0.2')],
  ];
  for (const [name, answer] of strangers) {
    it(`asks nothing more where the version is ${name}`, async () => {
      const server = await ollamaStandIn({ "/api/version": answer });
      const client = new HttpClient({ url: server.url, name: "Ollama" });
      opened.push(client, server);
      const request = { url: new URL(server.url), model: "a", log: { log: () => {} }, clock: systemClock };
      await assert.rejects(connectOllama(client, request, never), {
        code: "runtime-unreachable",
        message: /is not Ollama/,
      });
      assert.deepEqual(
        server.asked.map(({ path }) => path),
        ["/api/version"],
      );
    });
  }

  const refusals: readonly (readonly [
    name: string,
    model: string,
    more: Readonly<Record<string, Answer>>,
    code: RuntimeErrorCode,
    message: RegExp,
  ])[] = [
    ["no such model", "r1:8b", {}, "model-not-found", /has no r1:8b\. Nearest: r1:\S+, r1:\S+, qwen-coder/],
    ["no models", "a", { "/api/tags": value({ models: [] }) }, "model-not-found", /has no models/],
    [
      "models of a cloud alone",
      "a",
      { "/api/tags": value({ models: [{ name: "far:latest", remote_host: "https://far.example" }] }) },
      "model-not-found",
      /has only models of a cloud, and no code is sent there/,
    ],
    ["a name of its makers' servers", "gpt-oss:120b-cloud", {}, "refused", /at ollama\.com/],
    [
      "a model that lives elsewhere",
      "far",
      { "/api/tags": value({ models: [{ name: "far:latest", remote_host: "https://far.example" }] }) },
      "refused",
      /at https:\/\/far\.example/,
    ],
    [
      "a model of which only the details say it",
      "qwen-coder",
      { "/api/show": value({ ...wellShown, remote_host: "https://far.example" }) },
      "refused",
      /no code is sent there/,
    ],
    [
      "no memory",
      "qwen-coder",
      {
        "/api/generate": (response) =>
          response
            .writeHead(500)
            .end('{"error":"model requires more system memory (9 GiB) than is available"}'),
      },
      "out-of-memory",
      /more system memory/,
    ],
  ];
  for (const [name, model, more, code, message] of refusals) {
    it(`refuses ${name}`, () => assert.rejects(reach(more, model), { code, message }));
  }

  it("says how to fetch what it has not", () =>
    assert.rejects(reach({}, "r1:8b"), (error: RuntimeError) => {
      const { mend } = explainError(error, english, "roles.reason");
      assert.equal(mend, "Fetch it with hearth models pull ollama/r1:8b, or correct roles.reason.");
      return true;
    }));

  for (const [version, warns] of [
    ["0.17.0", true],
    ["0.17.1", false],
    ["0.0.0", false],
  ] as const) {
    it(`${warns ? "warns" : "says nothing"} of version ${version}`, async () => {
      const { logged } = await reach({ "/api/version": value({ version }) });
      assert.equal(
        logged.some((said) => said.startsWith("warn") && said.includes(version)),
        warns,
      );
    });
  }

  it("says that a part of the model is computed on the CPU, and that the context is smaller", async () => {
    const models = [{ name: "qwen-coder:latest", size: 100, size_vram: 75, context_length: 2048 }];
    const { logged, info } = await reach({ "/api/ps": value({ models }) });
    assert.equal(info.contextTokens, 2048);
    assert.match(logged.join("\n"), /context of 2048 tokens; 4096 were asked/);
    assert.match(logged.join("\n"), /25 % of it is computed on the CPU/);
  });
});

describe("what Ollama answers", () => {
  const ill: readonly (readonly [name: string, answer: Answer, code: RuntimeErrorCode, message: RegExp])[] = [
    [
      "an error in the middle of a stream with 200",
      lines(`${line({ response: "a" })}{"error":"an error was encountered while running the model"}\n`),
      "runtime-crashed",
      /encountered/,
    ],
    ["half a line", lines(`${line({ response: "a" })}{"resp`), "runtime-crashed", /broke off/],
    ["a stream that ends early", lines(line({ response: "a" })), "runtime-crashed", /broke off/],
    ["a page", lines("<html></html>"), "runtime-unreachable", /is not Ollama/],
    ["a line without end", lines("x".repeat(2 * 1024 * 1024)), "refused", /line without end/],
    ["more than was asked for", lines(line({ response: "a" }).repeat(500)), "refused", /more than the 64/],
    [
      "a full queue",
      (response) =>
        response
          .writeHead(503)
          .end('{"error":"server busy, please try again.  maximum pending requests exceeded"}'),
      "queue-full",
      /busy/,
    ],
    [
      "a prompt that is too long",
      (response) => response.writeHead(400).end('{"error":"the input length exceeds the context length"}'),
      "context-overflow",
      /exceeds/,
    ],
  ];
  for (const [name, answer, code, message] of ill) {
    it(`is told as one error: ${name}`, async () => {
      const { runtime } = await reach({ "/api/generate": answering(answer) });
      await assert.rejects(complete(runtime, "a"), { code, message });
    });
  }

  it("ends with length where Ollama cuts a text that repeats itself, without a word", async () => {
    const { runtime } = await reach({
      "/api/generate": answering(lines(line({ response: " a" }).repeat(32))),
    });
    const { end, text } = await complete(runtime, "a");
    assert.deepEqual([end.reason, text], ["length", " a".repeat(32)]);
  });

  it("is read whole, however it is cut", async () => {
    const text = Buffer.from(`${line({ response: "é🙂" })}\n${last}`);
    const { runtime } = await reach({
      "/api/generate": answering((response) => {
        const next = (at: number) => {
          if (at === text.length) response.end();
          else response.write(text.subarray(at, at + 1), () => setImmediate(next, at + 1));
        };
        next(0);
      }),
    });
    const answer = await complete(runtime, "a");
    assert.equal(answer.text, "é🙂");
    assert.deepEqual(answer.end.usage, { prompt: 5, cached: 0, reasoning: 0, generated: 2 });
  });

  it("comes to the same runner options whatever is asked", async () => {
    const { runtime, server } = await reach({
      "/api/generate": answering(lines(last)),
      "/api/chat": (response, body) =>
        "_debug_render_only" in (body as object)
          ? value({ _debug_info: { rendered_template: "Hello" } })(response, body)
          : lines(last)(response, body),
      "/api/embed": value({ embeddings: [[1, 0]] }),
    });
    const sampling = { temperature: 0.9, topP: 0.5, topK: 9, minP: 0.1, repeatPenalty: 1.2, seed: 4 };
    const common = { maxTokens: 9, stop: ["x"], priority: "chat" } as const;
    await collect(runtime.infill({ ...common, prompt: fim("a"), sampling }, never));
    await collect(
      runtime.chat({ ...common, messages: [{ role: "user", text: "a" }], sampling: greedy }, never),
    );
    await runtime.warm({ prompt: fim("b"), priority: "completion" }, never);
    await runtime.embed({ texts: ["a"], priority: "background" }, never);
    const runner = new Set(["num_ctx", "num_batch", "num_gpu", "main_gpu", "use_mmap", "num_thread"]);
    const sent = server.asked.flatMap(({ body }) => {
      const options = (body as { options?: object } | undefined)?.options;
      return options ? [Object.entries(options).filter(([key]) => runner.has(key))] : [];
    });
    assert.ok(sent.length >= 6, `${sent.length} requests with options`);
    for (const options of sent) assert.deepEqual(options, [["num_ctx", 4096]]);
  });
});
