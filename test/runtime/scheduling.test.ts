/** Two windows and one real llama-server with one slot: the queue before it is the host's, so they share it. */

import assert from "node:assert/strict";
import { basename } from "node:path";
import type { ChatRequest } from "../../server/model/model-runtime.ts";
import type { HostClient, OpenModel } from "../../server/runtime/host/client.ts";
import { collect, fim, greedy, type HostFixture, hostFixture, never } from "../support/host-fixture.ts";
import { type LlamaServerProcess, startLlamaServer } from "../support/llama-server-process.ts";
import { describeNeeds } from "../support/needs.ts";
import { realLlamaServer } from "../support/real-runtimes.ts";
import { models, words } from "./contract/models.ts";

interface Window extends OpenModel {
  readonly client: HostClient;
}

describeNeeds(realLlamaServer.need, "two windows and a llama-server of one slot", () => {
  const fixture: HostFixture = hostFixture();
  let server: LlamaServerProcess;
  let windows: readonly [Window, Window];

  before(async function () {
    this.timeout(60_000);
    const file = await models.slow();
    server = await startLlamaServer(file, ["--parallel", "1"]);
    const open = async (): Promise<Window> => {
      const client = fixture.client();
      const model = basename(file.path);
      const opened = await client.open({ runtime: "llama-server", url: server.url, model }, never);
      return { ...opened, client };
    };
    windows = [await open(), await open()];
  });

  after(async () => {
    for (const window of windows) window.dispose();
    await fixture.dispose();
    await server.stop();
  });

  const queue = async () => {
    const reading = (await windows[0].client.metrics())?.models[0]?.queue;
    assert.ok(reading, "the host says what waits");
    return reading;
  };

  function chat({ runtime }: Window, text: string, maxTokens: number) {
    const messages = [{ role: "user", text }] as const;
    const request: ChatRequest = { messages, maxTokens, stop: [], sampling: greedy, priority: "chat" };
    return collect(runtime.chat(request, never));
  }

  function complete({ runtime }: Window) {
    const answer = { maxTokens: 4, stop: [], sampling: greedy, priority: "completion" } as const;
    return collect(runtime.infill({ prompt: fim("a"), ...answer }, never));
  }

  it("a completion in one takes the place of a chat in the other that has said nothing; both are answered", async () => {
    const order: string[] = [];
    const chatting = chat(windows[0], "b".repeat(800), 20).then((answer) => {
      order.push("chat");
      return answer;
    });
    while ((await queue()).running === 0);
    const completed = await complete(windows[1]);
    order.push("completion");
    const chatted = await chatting;
    assert.deepEqual(order, ["completion", "chat"]);
    assert.deepEqual([completed.end.reason, chatted.end.reason], ["length", "length"]);
    assert.ok(completed.text !== "" && chatted.reasoning !== "");
    const { waiting, running, preempted, waits } = await queue();
    assert.deepEqual([waiting, running, preempted, waits.count], [0, 0, 1, 2]);
  });

  it("a completion in one pauses a chat in the other that has begun to answer; both are answered", async () => {
    const before = (await queue()).preempted;
    const begun = Promise.withResolvers<void>();
    const order: string[] = [];
    const chatting = (async () => {
      const request = {
        messages: [{ role: "user", text: "c" }],
        maxTokens: 60,
        stop: [],
        sampling: greedy,
      } as const;
      let said = "";
      for await (const part of windows[0].runtime.chat({ ...request, priority: "chat" }, never)) {
        begun.resolve();
        if ("text" in part) said += part.text;
        if (part.kind === "stream-end") order.push(`chat ${part.reason} ${part.usage.generated}`);
      }
      return said.trim();
    })();
    await begun.promise;
    await complete(windows[1]);
    order.push("completion");
    const said = await chatting;
    assert.deepEqual(order, ["completion", "chat length 60"]);
    assert.equal(said, words.toUpperCase().split(" ").slice(0, 60).join(" "));
    assert.equal((await queue()).preempted, before + 1);
  });
});
