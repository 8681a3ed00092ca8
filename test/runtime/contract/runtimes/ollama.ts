/** A real Ollama under the contract. */

import { startOllama } from "../../../support/ollama-process.ts";
import { realOllama } from "../../../support/real-runtimes.ts";
import type { RuntimeUnderTest } from "../runtime.ts";

const cache = "an Ollama that says what its cache spared";

export function ollama(environment: Readonly<Record<string, string>> = {}): RuntimeUnderTest {
  return {
    name: "ollama",
    kind: "ollama",
    need: realOllama.need,
    lacks: {
      "computes no part of a prompt twice": cache,
      "warms a prompt, which then costs its last token only": cache,
      "keeps the cache of completions through a chat": "an Ollama with more than one slot",
      "answers alike with a cold and a warm cache, with a model that has learnt": cache,
      "says that a model which was started to generate cannot embed":
        "an Ollama whose models do one or the other",
    },
    async start(file) {
      const server = await startOllama(environment);
      const { url } = server;
      const model = "scripted-qwen-coder";
      const name = file.path.includes("seedling") ? "seedling" : model;
      await server.create(name, file.path);
      return {
        spec: { runtime: "ollama", url, model: name },
        absent: { runtime: "ollama", url, model: "absent" },
        computed: () => server.computed(),
        idle: () => server.idle(name),
        kill: () => server.stop(),
        stop: () => server.stop(),
      };
    },
  };
}
