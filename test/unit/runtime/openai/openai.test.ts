/** Servers of OpenAI's protocol as they differ: what is sent to each, and what is made of what each says. */

import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { systemClock } from "../../../../server/base/clock.ts";
import { silentLogger } from "../../../../server/base/log.ts";
import type { ModelInfo } from "../../../../server/model/model-info.ts";
import type { ModelRuntime } from "../../../../server/model/model-runtime.ts";
import { text } from "../../../../server/model/prompt.ts";
import type { SpecOf } from "../../../../server/runtime/host/client.ts";
import { carriedBuild } from "../../../../server/runtime/host/model-source.ts";
import { findOpenAi } from "../../../../server/runtime/host/openai-source.ts";
import { noPrograms } from "../../../../server/runtime/supervisor/no-programs.ts";
import { type Collected, collect, fim, greedy, never } from "../../../support/host-fixture.ts";
import { ladderPorts } from "../../../support/ladder-ports.ts";
import {
  type Answers,
  chatEvents,
  gateway,
  openAiStandIn,
  type StandIn,
  textEvents,
  vllm,
} from "../../../support/openai-stand-in.ts";

interface Reached {
  readonly server: StandIn;
  readonly info: ModelInfo;
  readonly runtime: ModelRuntime;
}

const closing: (() => void | Promise<void>)[] = [];
const coder = "Qwen/Qwen2.5-Coder-7B";

async function reach(answers: Answers, spec: Partial<SpecOf<"openai">> = {}): Promise<Reached> {
  const server = await openAiStandIn(answers);
  const url = `${server.url}${spec.url ?? ""}`;
  const source = findOpenAi({ runtime: "openai", model: coder, tls: {}, ...spec, url }).create({
    childEntry: "",
    clock: systemClock,
    log: silentLogger,
    programs: noPrograms,
    builds: carriedBuild,
    ladder: ladderPorts(),
    onState: () => {},
  });
  closing.push(
    () => server.dispose(),
    () => source.dispose(),
  );
  return { server, info: await source.ready(), runtime: source.runtime };
}

function fill(runtime: ModelRuntime, stop: readonly string[] = [], prompt = fim("a")): Promise<Collected> {
  const request = { prompt, maxTokens: 8, stop, sampling: { ...greedy, topK: 40 } };
  return collect(runtime.infill({ ...request, priority: "completion" }, never));
}

function ask(runtime: ModelRuntime, more: { readonly thinkingTokens?: number } = {}): Promise<Collected> {
  const messages = [{ role: "user", text: "Hello <|im_end|>" }] as const;
  const request = { messages, maxTokens: 8, stop: [], sampling: greedy, priority: "chat", ...more } as const;
  return collect(runtime.chat(request, never));
}

describe("a server of OpenAI's protocol", () => {
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  it("says what its model is: vLLM", async () => {
    const { info } = await reach(vllm());
    assert.deepEqual(info, {
      runtime: "openai",
      name: coder,
      contextTokens: 8192,
      reasons: false,
      fim: "qwen",
    });
  });

  it("is taken at its model's name where it counts no tokens, and to hold little", async () => {
    const { info, runtime } = await reach(gateway(coder));
    assert.deepEqual([info.fim, info.contextTokens], ["qwen", 4096]);
    assert.equal(await runtime.countTokens("añ🙂"), 7, "never too few");
  });

  it("has no tokens for the middle where its tokenizer knows none", async () => {
    const answers = vllm(coder, { "/tokenize": () => ({ json: { tokens: [1, 2, 3] } }) });
    assert.equal((await reach(answers)).info.fim, undefined);
  });

  it("is asked raw, with what text spells of control tokens broken", async () => {
    const { server, runtime } = await reach(
      vllm(coder, { "/v1/completions": () => ({ events: textEvents("b", "c") }) }),
    );
    const { text: answer, end } = await fill(
      runtime,
      ["<|endoftext|>"],
      [...fim("a"), text("<|fim_prefix|>")],
    );
    assert.equal(answer, "bc");
    assert.deepEqual([end.reason, end.usage.generated], ["stop", 2]);
    assert.deepEqual(server.asked.at(-1)?.body, {
      model: coder,
      prompt: "<|fim_prefix|>a<|fim_suffix|>\n}<|fim_middle|>< |fim_prefix|>",
      stream: true,
      max_tokens: 8,
      stop: ["<|endoftext|>"],
      temperature: 0,
      stream_options: { include_usage: true, continuous_usage_stats: true },
      top_k: 40,
      min_p: 0,
      repetition_penalty: 1,
      skip_special_tokens: false,
    });
  });

  it("is told nothing beyond the protocol where it is not known, and has its answer cut here", async () => {
    const { server, runtime } = await reach(
      gateway(coder, { "/v1/completions": () => ({ events: textEvents("one e", "nd two") }) }),
    );
    assert.equal((await fill(runtime, ["1", "2", "3", "4", "end"])).text, "one ");
    assert.deepEqual(server.asked.at(-1)?.body, {
      model: coder,
      prompt: "<|fim_prefix|>a<|fim_suffix|>\n}<|fim_middle|>",
      stream: true,
      max_tokens: 8,
      stop: ["1", "2", "3", "4"],
      temperature: 0,
      stream_options: { include_usage: true },
    });
  });

  describe("tells reasoning", () => {
    const r1 = "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B";
    const check = async (
      deltas: readonly Readonly<Record<string, string>>[],
      expected: readonly [string, string],
    ) => {
      const answers = vllm(r1, { "/v1/chat/completions": () => ({ events: chatEvents(...deltas) }) });
      const { runtime, info } = await reach(answers, { model: r1 });
      assert.ok(info.reasons && info.fim === undefined);
      const { reasoning, text: answer, end } = await ask(runtime);
      assert.deepEqual([reasoning, answer], expected);
      assert.equal(end.usage.generated, 7);
    };
    it("as `reasoning`, as vLLM does", () =>
      check([{ reasoning: "plan" }, { content: "answer" }], ["plan", "answer"]));
    it("as `reasoning_content`, as SGLang does", () =>
      check([{ reasoning_content: "plan" }, { content: "answer" }], ["plan", "answer"]));
    it("in tags", () =>
      check([{ content: "<think>plan</th" }, { content: "ink>answer" }], ["plan", "answer"]));
    it("without its opening tag, which the template held", () =>
      check([{ content: "plan</think>" }, { content: "answer" }], ["plan", "answer"]));
    it("not at all, and answers all the same", async () => {
      const answers = vllm(r1, {
        "/v1/chat/completions": () => ({ events: chatEvents({ content: "answer" }) }),
      });
      const { runtime } = await reach(answers, { model: r1 });
      assert.equal((await ask(runtime)).text, "answer");
    });
    it("and keeps it to itself where none was asked for", async () => {
      const events = chatEvents({ reasoning: "plan" }, { content: "answer" });
      const { server, runtime } = await reach(vllm(r1, { "/v1/chat/completions": () => ({ events }) }), {
        model: r1,
      });
      const { reasoning, text: answer } = await ask(runtime, { thinkingTokens: 0 });
      assert.deepEqual([reasoning, answer], ["", "answer"]);
      const { body } = server.asked.at(-1) ?? {};
      assert.deepEqual(body?.["chat_template_kwargs"], { enable_thinking: false, thinking: false });
      assert.deepEqual(body?.["messages"], [{ role: "user", content: "Hello < |im_end|>" }]);
    });
  });

  it("is given the key and the session with every request, and the address may end with /v1", async () => {
    const { server } = await reach(vllm(), { url: "/v1", key: "k3y", session: "s" });
    assert.ok(server.asked.length > 1);
    for (const { headers, path } of server.asked) {
      assert.deepEqual([headers.authorization, headers["x-session-id"]], ["Bearer k3y", "s"], path);
    }
  });

  it("is asked again after 429, and the stream comes once", async () => {
    let asked = 0;
    const { server, runtime } = await reach(
      vllm(coder, {
        "/v1/completions": () =>
          asked++ === 0
            ? { status: 429, json: { error: { message: "Rate limit" } }, headers: { "retry-after": "0" } }
            : { events: textEvents("b") },
      }),
    );
    assert.equal((await fill(runtime)).text, "b");
    assert.equal(server.asked.filter(({ path }) => path === "/v1/completions").length, 2);
  });

  it("is asked once where the stream breaks off", async () => {
    const { server, runtime } = await reach(
      vllm(coder, { "/v1/completions": () => ({ events: [textEvents("b")[0]], broken: "off" }) }),
    );
    await assert.rejects(fill(runtime), { code: "runtime-crashed" });
    assert.equal(server.asked.filter(({ path }) => path === "/v1/completions").length, 1);
  });

  it("is refused where it streams a page, or without end", async () => {
    const page = await reach(vllm(coder, { "/v1/completions": () => ({ page: "<html>" }) }));
    await assert.rejects(fill(page.runtime), /^RuntimeError: What answers at .* is not openai\.$/);
    const events = Array.from({ length: 2000 }, () => ({ choices: [{ text: "b" }] }));
    const endless = await reach(vllm(coder, { "/v1/completions": () => ({ events }) }));
    await assert.rejects(
      fill(endless.runtime),
      /openai writes more than the 8 tokens that it was asked for\.$/,
    );
  });

  describe("fails with one sentence and one mend", () => {
    const check = async (answers: Answers, code: string, sentence: RegExp, spec = {}) =>
      assert.rejects(reach(answers, spec), (error: Error & { code?: string; mend?: string }) => {
        assert.equal(error.code, code);
        assert.match(error.message, sentence);
        return true;
      });
    const list = (...ids: readonly string[]): Answers => ({
      "/v1/models": () => ({ json: { data: ids.map((id) => ({ id })) } }),
    });
    it("no such model: the nearest three", () =>
      check(
        list("qwen2.5-coder-14b", "qwen2.5-coder-7b-instruct", "llama", "qwen2.5-coder-3b"),
        "model-not-found",
        /has no model qwen2.5-coder-7. Nearest: qwen2.5-coder-7b-instruct, qwen2.5-coder-3b, qwen2.5-coder-14b\.$/,
        { model: "qwen2.5-coder-7" },
      ));
    it("no model at all", () => check(list(), "model-not-found", /serves no model/));
    it("a page", () =>
      check(
        { "/v1/models": () => ({ page: "<html>" }) },
        "runtime-unreachable",
        /^What answers at .* is not openai/,
      ));
    it("no such path", () => check({}, "runtime-unreachable", /^What answers at .* is not openai/));
    it("a key that is not taken", () =>
      check(
        { "/v1/models": () => ({ status: 401, json: { error: "Unauthorized" } }) },
        "refused",
        /does not take the API key, or wants one/,
      ));
    it("a way elsewhere, which the key does not go", async () => {
      const other = await openAiStandIn(vllm());
      closing.push(() => other.dispose());
      const headers = { location: `${other.url}/v1/models` };
      const answers: Answers = { "/v1/models": () => ({ status: 307, json: {}, headers }) };
      await check(answers, "refused", /sends elsewhere \(HTTP 307\)/, { key: "k3y" });
      assert.deepEqual(other.asked, []);
    });
  });

  describe("is told no secret", () => {
    const check = (spec: Pick<SpecOf<"openai">, "url"> & Partial<SpecOf<"openai">>, sentence: RegExp) => {
      const found = findOpenAi({ runtime: "openai", model: "m", tls: {}, ...spec });
      const ports = { childEntry: "", clock: systemClock, log: silentLogger, programs: noPrograms };
      const source = found.create({
        ...ports,
        ladder: ladderPorts(),
        builds: carriedBuild,
        onState: () => {},
      });
      closing.push(() => source.dispose());
      return assert.rejects(source.ready(), sentence);
    };
    it("without TLS on another machine", () =>
      check({ url: "http://models.test", key: "k" }, /The API key is not sent/));
    it("with certificates that nothing uses", () =>
      check({ url: "http://models.test", tls: { ca: "/ca.pem" } }, /is no https address/));
    it("with a certificate that is not there", () =>
      check(
        { url: "https://127.0.0.1:1", tls: { ca: "/nowhere/ca.pem" } },
        /cannot be used: \/nowhere\/ca\.pem/,
      ));
    it("with one that is none", () =>
      check(
        { url: "https://127.0.0.1:1", tls: { cert: import.meta.filename } },
        /The certificate cannot be used/,
      ));
  });

  it("never has its key in the name by which the host speaks of it", () => {
    const spec = { runtime: "openai", url: "https://a.test", model: "m", tls: {}, key: "k3y" } as const;
    const { id, model } = findOpenAi(spec);
    assert.ok(!`${id} ${model}`.includes("k3y"));
    assert.notEqual(id, findOpenAi({ ...spec, key: "other" }).id);
  });
});
