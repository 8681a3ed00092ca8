/** What answers as Ollama 0.24.0 does, but for the paths that a test has ill. */

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { listen } from "./listen.ts";

export type Answer = (response: ServerResponse, body: unknown) => void;

export interface OllamaStandIn {
  readonly url: string;
  /** Each request that came, with its body. */
  readonly asked: { readonly path: string; readonly body: unknown }[];
  dispose(): Promise<void>;
}

const tokens = ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "a", "b", "c", "é"];

export const wellShown = {
  template: "{{ .Prompt }}",
  capabilities: ["completion"],
  model_info: {
    "general.architecture": "qwen2",
    "qwen2.context_length": 4096,
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.pre": "qwen2",
    "tokenizer.ggml.tokens": tokens,
    "tokenizer.ggml.token_type": [3, 3, 3, 1, 1, 1, 1],
    "tokenizer.ggml.merges": [],
  },
};

const well: Readonly<Record<string, Answer>> = {
  "/api/version": value({ version: "0.24.0" }),
  "/api/tags": value({ models: [{ name: "qwen-coder:latest" }, { name: "r1:7b" }, { name: "r1:14b" }] }),
  "/api/show": value(wellShown),
  "/api/ps": value({
    models: [{ name: "qwen-coder:latest", size: 100, size_vram: 100, context_length: 4096 }],
  }),
  "/api/generate": value({ model: "qwen-coder", response: "", done: true, done_reason: "load" }),
};

export function value(body: unknown): Answer {
  return (response) => response.end(JSON.stringify(body));
}

/** `more`: by path, in place of what is well. */
export async function ollamaStandIn(more: Readonly<Record<string, Answer>> = {}): Promise<OllamaStandIn> {
  const asked: OllamaStandIn["asked"] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? "";
    const body = request.method === "POST" ? await json(request) : undefined;
    asked.push({ path, body });
    const own = more[path] ?? well[path];
    if (own) own(response, body);
    else response.writeHead(404).end();
  };
  const server = createServer((request, response) => void answer(request, response));
  const host = await listen(server);
  return {
    url: `http://${host}`,
    asked,
    async dispose() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
