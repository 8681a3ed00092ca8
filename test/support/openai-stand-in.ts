/** A server of OpenAI's protocol whose answers a test writes, and what it was asked. */

import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { listen } from "./listen.ts";

export interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A value is the JSON of a 200; a list is a stream of events, one chunk each. */
export type Answer =
  | { readonly json: unknown; readonly status?: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly events: readonly unknown[]; readonly broken?: "off" }
  | { readonly page: string };

export type Answers = Readonly<Record<string, (asked: Asked) => Answer>>;

export interface StandIn {
  readonly url: string;
  readonly asked: readonly Asked[];
  dispose(): Promise<void>;
}

export async function openAiStandIn(answers: Answers): Promise<StandIn> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const path = request.url ?? "";
      const body = text === "" ? {} : (JSON.parse(text) as Asked["body"]);
      const one = { path, headers: request.headers, body };
      asked.push(one);
      give(response, answers[path]?.(one) ?? { json: { detail: "Not Found" }, status: 404 });
    });
  });
  const host = await listen(server);
  return {
    url: `http://${host}`,
    asked,
    async dispose() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function give(response: ServerResponse, answer: Answer): void {
  if ("page" in answer) {
    response.writeHead(200, { "content-type": "text/html" }).end(answer.page);
  } else if ("json" in answer) {
    const { json, status = 200, headers = {} } = answer;
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(json));
  } else {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of answer.events) response.write(`data: ${JSON.stringify(event)}\n\n`);
    if (answer.broken) response.end('data: {"choices":[{"te');
    else response.end("data: [DONE]\n\n");
  }
}

const controls = new Set(["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"]);

/** As vLLM lists its models and counts tokens; a byte is a token but for the control tokens. */
export function vllm(model = "Qwen/Qwen2.5-Coder-7B", more: Answers = {}): Answers {
  return {
    "/v1/models": () => ({
      json: {
        object: "list",
        data: [{ id: model, object: "model", owned_by: "vllm", root: model, max_model_len: 8192 }],
      },
    }),
    "/tokenize": ({ body }) => {
      const prompt = String(body["prompt"]);
      const count = controls.has(prompt) ? 1 : Buffer.byteLength(prompt);
      return { json: { count, max_model_len: 8192, tokens: Array.from({ length: count }, () => 0) } };
    },
    ...more,
  };
}

/** A gateway says nothing of what stands behind it, and has the plain protocol alone. */
export function gateway(model: string, more: Answers = {}): Answers {
  return {
    "/v1/models": () => ({
      json: { object: "list", data: [{ id: model, object: "model", owned_by: "openai" }] },
    }),
    ...more,
  };
}

export function textEvents(...texts: readonly string[]): readonly unknown[] {
  return [
    ...texts.map((text) => ({ choices: [{ index: 0, text, finish_reason: null }] })),
    { choices: [{ index: 0, text: "", finish_reason: "stop" }] },
  ];
}

export function chatEvents(...deltas: readonly Readonly<Record<string, string>>[]): readonly unknown[] {
  return [
    { choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }] },
    ...deltas.map((delta) => ({ choices: [{ index: 0, delta, finish_reason: null }] })),
    { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
    { choices: [], usage: { prompt_tokens: 9, completion_tokens: 7, total_tokens: 16 } },
  ];
}
