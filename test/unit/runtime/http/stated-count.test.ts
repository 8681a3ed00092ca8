/** What servers state of themselves and cannot be: it counts as not said, and is passed on to nobody. */

import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { systemClock } from "../../../../server/base/clock.ts";
import { HttpClient } from "../../../../server/runtime/http/http-client.ts";
import { connectLlamaServer } from "../../../../server/runtime/llama-server/connect-llama-server.ts";
import { connectOpenAi } from "../../../../server/runtime/openai/connect-openai.ts";
import { never } from "../../../support/host-fixture.ts";
import { type Answers, openAiStandIn } from "../../../support/openai-stand-in.ts";

const absurd = [-1, 0, 0.5, 2 ** 53, 1e300, "many", null];

describe("a count that cannot be", () => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function reach(answers: Answers, name: string) {
    const server = await openAiStandIn(answers);
    const client = new HttpClient({ url: server.url, name });
    closing.push(
      () => client.dispose(),
      () => server.dispose(),
    );
    return { client, url: new URL(server.url), clock: systemClock };
  }

  async function openAi(entry: object): Promise<number> {
    const answers = { "/v1/models": () => ({ json: { data: [{ id: "m", ...entry }] } }) };
    return (await connectOpenAi(await reach(answers, "openai"), "m", never)).info.contextTokens;
  }

  async function llamaServer(context: unknown, trained: unknown, total_slots: unknown = 1) {
    const props = { default_generation_settings: { n_ctx: context }, total_slots };
    const at = await reach(
      {
        "/props": () => ({ json: props }),
        "/v1/models": () => ({ json: { data: [{ id: "m", meta: { n_ctx_train: trained } }] } }),
      },
      "llama-server",
    );
    const { info, slots } = await connectLlamaServer(at.client, { url: at.url, model: "m" }, never);
    return [info.contextTokens, info.untrainedTokens ?? 0, slots];
  }

  for (const count of absurd) {
    it(`${JSON.stringify(count)} is not said`, async () => {
      assert.equal(await openAi({ max_model_len: count }), 4096);
      assert.equal(await openAi({ max_model_len: count, context_length: 2048 }), 2048);
      assert.deepEqual(await llamaServer(8192, count, count), [8192, 0, 1]);
      assert.deepEqual(await llamaServer(count, 2048), [2048, 0, 1]);
      assert.deepEqual(await llamaServer(count, count), [4096, 0, 1]);
    });
  }
});
