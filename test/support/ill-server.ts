/**
 * An HTTP server that does what real ones do only when they are ill. Each illness names the fact that it copies;
 * paths that are well answer as a llama-server does.
 */

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { json as readJson } from "node:stream/consumers";
import { listen } from "./listen.ts";

export interface Illness {
  /** What was seen of a real server, or stands in its source. */
  readonly fact: string;
  answer(response: ServerResponse, request: IncomingMessage): void;
}

export interface IllServer {
  readonly url: string;
  readonly asked: readonly string[];
  dispose(): Promise<void>;
}

export interface IllServerOptions {
  readonly illness: Illness;
  /** Left out: every path is ill. */
  readonly illPath?: string;
}

export async function illServer({ illness, illPath }: IllServerOptions): Promise<IllServer> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(`${request.method} ${path}`);
    if (illPath === undefined || path === illPath) illness.answer(response, request);
    else if (path === "/tokenize") void tokenize(request, response);
    else json(response, 200, wellAnswers[path] ?? {});
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const host = await listen(server);
  return {
    url: `http://${host}`,
    asked,
    async dispose() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** As llama-server b11434 answers, with what the adapter reads. */
const wellAnswers: Readonly<Record<string, unknown>> = {
  "/props": {
    default_generation_settings: { n_ctx: 4096 },
    total_slots: 1,
    model_path: "/models/well-qwen-coder.gguf",
    chat_template: "",
    build_info: "b11434",
  },
  "/v1/models": { data: [{ id: "well-qwen-coder.gguf" }] },
  "/apply-template": { prompt: "Hello" },
};

const loginPage = "<!doctype html>\n<html><head><title>Sign in</title></head><body>Sign in</body></html>";
const timings = { cache_n: 0, prompt_n: 1, predicted_n: 1 };
const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const piece = event({ content: "piece ", stop: false, timings });

export const illnesses = {
  html: {
    fact: "A gateway that wants a login answers every path with its page and 200, as captive portals do.",
    answer: (response) => send(response, 200, "text/html", loginPage),
  },
  htmlError: {
    fact: "nginx says 502 with a page when the server behind it is down.",
    answer: (response) =>
      send(response, 502, "text/html", "<html><body><h1>502 Bad Gateway</h1></body></html>"),
  },
  impostor: {
    fact: "A development server on the usual port answers every path with 200 and its own JSON.",
    answer: (response) => json(response, 200, { status: "ok" }),
  },
  halfJson: {
    fact: "A proxy that lost the server behind it ends the body as if it were whole.",
    answer: (response) => send(response, 200, "application/json", '{"default_generation_settings": {"n_'),
  },
  halfEvent: {
    fact: "The same in the middle of a stream: the last line has no end.",
    answer: (response) => send(response, 200, "text/event-stream", `${piece}data: {"content": "and th`),
  },
  brokenEvent: {
    fact: "A proxy with a limit on lines cuts a long one in two; each is no JSON.",
    answer: (response) =>
      send(response, 200, "text/event-stream", `${piece}data: {"content": "and\n\ndata: more"}\n\n`),
  },
  endlessLine: {
    fact: "What listens is no HTTP API but a dump of bytes: a line that never ends.",
    answer: (response) => endless(response, "text/event-stream", "x".repeat(64 * 1024)),
  },
  endlessStream: {
    fact: "llama-server without a limit of its own (n_predict -1) and a model that never ends its answer.",
    answer: (response) => endless(response, "text/event-stream", piece),
  },
  endlessError: {
    fact: "A debug page that prints its log as it grows, with status 500.",
    answer: (response) => endless(response, "text/plain", "x".repeat(1024), 500),
  },
  reset: {
    fact: "The process is killed (kill -9, the OOM killer): the kernel resets its connections.",
    answer: (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(piece, () => response.socket?.resetAndDestroy());
    },
  },
  resetAtOnce: {
    fact: "The process dies with the request that it has just read: a shape that its kernel cannot compute.",
    answer: (response) => void response.socket?.resetAndDestroy(),
  },
  endsEarly: {
    fact: "A server that shuts down ends its streams without the last event.",
    answer: (response) => send(response, 200, "text/event-stream", piece),
  },
  tooMany: {
    fact: "Gateways limit the rate: 429 with Retry-After, the words of OpenAI's API.",
    answer: (response) => {
      response.setHeader("retry-after", "7");
      json(response, 429, { error: { message: "Rate limit reached", type: "requests" } });
    },
  },
  errorInStream: {
    fact: "llama-server sends errors after the headers as an event of a stream with 200.",
    answer: (response) =>
      send(
        response,
        200,
        "text/event-stream",
        `${piece}${event({ error: { code: 500, message: "Compute error.", type: "server_error" } })}`,
      ),
  },
  contextInStream: {
    fact: "llama-server 500 in a stream when the context is full and may not be shifted.",
    answer: (response) =>
      send(
        response,
        200,
        "text/event-stream",
        `${piece}${event({ error: { code: 500, message: "the request exceeds the available context size", type: "server_error" } })}`,
      ),
  },
  silent: {
    fact: "A process that is stopped (SIGSTOP, a debugger, swap) accepts connections and says nothing.",
    answer: () => undefined,
  },
  elsewhere: {
    fact: "A gateway sends the client to another host: its login, or https.",
    answer: (response) => {
      response.writeHead(302, { location: "https://127.0.0.1:9/login" });
      response.end();
    },
  },
  inBytes: {
    fact: "A slow line, or a proxy that flushes as it likes: chunks end within characters and events. It is well.",
    answer: (response) => {
      const end = { content: "é🙂", stop: true, stop_type: "eos", timings };
      const bytes = Buffer.from(`: ping\r\n\r\n${event({ ...end, stop: false })}${event(end)}`);
      response.writeHead(200, { "content-type": "text/event-stream" });
      byByte(response, bytes);
    },
  },
  dripError: {
    fact: "A server that is stopped while it says what is wrong: 500, and a body that does not end.",
    answer: (response) => {
      response.writeHead(500, { "content-type": "application/json" });
      response.write('{"error": {"mess');
    },
  },
  outdated: {
    fact: "llama-server says 404, File Not Found, on the paths that only newer builds have.",
    answer: (response) => {
      const message = { message: "File Not Found", type: "not_found_error", code: 404 };
      json(response, 404, { error: message });
    },
  },
  loading: {
    fact: "llama-server says 503 on every path until its model is loaded.",
    answer: (response) => {
      const message = { message: "Loading model", type: "unavailable_error", code: 503 };
      json(response, 503, { error: message });
    },
  },
  keyWanted: {
    fact: "llama-server with --api-key says 401 to who has none.",
    answer: (response) =>
      json(response, 401, {
        error: { message: "Invalid API Key", type: "authentication_error", code: 401 },
      }),
  },
} as const satisfies Readonly<Record<string, Illness>>;

/** A text is one token, however long; a token stays what it is. */
async function tokenize(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { content } = (await readJson(request)) as {
    readonly content: string | readonly (string | number)[];
  };
  const tokens = [content].flat().map((part) => (typeof part === "number" ? part : 1));
  json(response, 200, { tokens });
}

function json(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, "application/json", JSON.stringify(value));
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { "content-type": type });
  response.end(text);
}

/** Each byte in a chunk of its own. */
function byByte(response: ServerResponse, bytes: Buffer): void {
  const [first] = bytes;
  if (first === undefined) response.end();
  else response.write(Uint8Array.of(first), () => setImmediate(byByte, response, bytes.subarray(1)));
}

/** Writes as fast as it is read, until nobody reads any more. */
function endless(response: ServerResponse, type: string, text: string, status = 200): void {
  response.writeHead(status, { "content-type": type });
  const more = () => {
    while (!response.destroyed && response.write(text));
  };
  response.on("drain", more);
  more();
}
