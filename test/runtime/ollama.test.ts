/** What only an Ollama does, on a real one: its own templates, and one load for all that is asked. */

import assert from "node:assert/strict";
import { afterEach, describe } from "mocha";
import { systemClock } from "../../server/base/clock.ts";
import { HttpClient } from "../../server/runtime/http/http-client.ts";
import { connectOllama } from "../../server/runtime/ollama/connect-ollama.ts";
import { collect, complete, fim, greedy, never } from "../support/host-fixture.ts";
import { itNeeds } from "../support/needs.ts";
import { type OllamaProcess, startOllama } from "../support/ollama-process.ts";
import { realOllama } from "../support/real-runtimes.ts";
import { scripted } from "../support/scripted-model.ts";
import { chatRequest } from "./contract/behaviour.ts";
import { words } from "./contract/models.ts";

const opened: { dispose(): void | Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.dispose();
});

interface ModelOfOllama {
  readonly template?: string;
  readonly infill?: string;
}

async function open(name: string, { template, infill = "return x;" }: ModelOfOllama = {}) {
  const server: OllamaProcess = await startOllama();
  opened.push({ dispose: () => server.stop() });
  await server.create(name, await scripted({ infill, chat: "<think>plan</think>Answer" }), template);
  const client = new HttpClient({ url: server.url, name: "Ollama" });
  opened.unshift(client);
  const logged: string[] = [];
  const log = { log: (level: string, text: string) => logged.push(`${level} ${text}`) };
  const ollama = await connectOllama(
    client,
    { url: new URL(server.url), model: name, log, clock: systemClock },
    never,
  );
  return { ...ollama, server, logged };
}

describe("a real Ollama", function () {
  this.timeout(300_000);

  itNeeds(realOllama.need, "fills in the middle by a template that no family has", async () => {
    const template =
      "{{ if .Suffix }}{{ .Suffix }}<|fim_middle|>{{ .Prompt }}<|fim_middle|>{{ else }}{{ .Prompt }}{{ end }}";
    const { info, runtime } = await open("unknown", { template });
    assert.equal(info.fim, "qwen");
    const { text, end } = await complete(runtime, "const a = ");
    assert.deepEqual([text, end.usage.prompt], ["return x;", "const a = ".length + "\n}".length + 2]);
  });

  itNeeds(realOllama.need, "loads a model once for all that is asked of it", async () => {
    const { runtime, server } = await open("qwen-coder");
    const loads = server.loads();
    assert.equal(loads, 1);
    for (let round = 0; round < 5; round++) {
      await complete(runtime, `const a${round} = `);
      await collect(runtime.chat(chatRequest({ thinkingTokens: round % 2, maxTokens: 4 + round }), never));
      await runtime.embed({ texts: ["a"], priority: "background" }, never);
      await runtime.warm({ prompt: fim(`b${round}`), priority: "completion" }, never);
      const sampling = { ...greedy, topK: round + 1, seed: round };
      await collect(
        runtime.infill(
          { prompt: fim("c"), maxTokens: 2, stop: ["x"], sampling, priority: "completion" },
          AbortSignal.timeout(5 * round),
        ),
      );
    }
    assert.equal(server.loads(), loads);
  });

  itNeeds(realOllama.need, "answers through hundreds of aborts, also where it loses its turn", async () => {
    const { runtime, server, logged } = await open("qwen-coder", { infill: words });
    const ask = { stop: [], sampling: greedy, priority: "completion" } as const;
    for (let round = 0; round < 10; round++) {
      for (let abort = 0; abort < 20; abort++) {
        const afterMs = (abort * 7 + round) % 40;
        const request = { ...ask, prompt: fim(`x${afterMs}`), maxTokens: 100 };
        await collect(runtime.infill(request, AbortSignal.timeout(afterMs)));
      }
      const request = { ...ask, prompt: fim(`a${round}`), maxTokens: 2 };
      assert.equal((await collect(runtime.infill(request, never))).text, "w0 w1");
    }
    const lost = logged.filter((line) => line.includes("has lost the turn")).length;
    assert.deepEqual([server.loads(), logged.length], [1 + lost, lost]);
  });
});
