/** The model contract over a connection whose other end answers with `expose-runtime.ts`. */

import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { CancellationTokenSource, type MessageConnection } from "vscode-jsonrpc/node";
import { onAbort } from "../../base/abort.ts";
import type {
  ChatRequest,
  EmbedRequest,
  InfillRequest,
  ModelRuntime,
  StreamPart,
  Usage,
  WarmRequest,
} from "../../model/model-runtime.ts";
import { fromWire, type LostConnection } from "./errors.ts";
import {
  chatRequest,
  countRequest,
  embedRequest,
  infillRequest,
  type StreamEnd,
  streamEndSchema,
  streamPart,
  streamPartSchema,
  usageSchema,
  vectorsSchema,
  warmRequest,
} from "./model-protocol.ts";
import { PartQueue } from "./part-queue.ts";

export interface RemoteRuntimeOptions {
  readonly connection: MessageConnection;
  /** The model's name at the other end. */
  readonly model: string;
  readonly lost: LostConnection;
}

type Token = CancellationTokenSource["token"];

export class RemoteRuntime implements ModelRuntime {
  readonly #connection: MessageConnection;
  readonly #model: string;
  readonly #lost: LostConnection;
  readonly #streamNames = randomUUID();
  #streams = 0;

  constructor({ connection, model, lost }: RemoteRuntimeOptions) {
    this.#connection = connection;
    this.#model = model;
    this.#lost = lost;
  }

  infill(request: InfillRequest, signal: AbortSignal): AsyncIterable<StreamPart> {
    const prompt = [...request.prompt];
    const params = { ...request, prompt, stop: [...request.stop] };
    return this.#stream(signal, (stream, token) =>
      this.#connection.sendRequest(infillRequest, { model: this.#model, stream, request: params }, token),
    );
  }

  chat(request: ChatRequest, signal: AbortSignal): AsyncIterable<StreamPart> {
    const params = { ...request, messages: [...request.messages], stop: [...request.stop] };
    return this.#stream(signal, (stream, token) =>
      this.#connection.sendRequest(chatRequest, { model: this.#model, stream, request: params }, token),
    );
  }

  async embed(request: EmbedRequest, signal: AbortSignal): Promise<readonly Float32Array[]> {
    const params = { model: this.#model, request: { ...request, texts: [...request.texts] } };
    const vectors = await this.#call(signal, (token) =>
      this.#connection.sendRequest(embedRequest, params, token),
    );
    return v.parse(vectorsSchema, vectors).map(fromBase64);
  }

  async countTokens(text: string): Promise<number> {
    const params = { model: this.#model, text };
    const { signal } = new AbortController();
    return v.parse(
      v.number(),
      await this.#call(signal, (token) => this.#connection.sendRequest(countRequest, params, token)),
    );
  }

  async warm(request: WarmRequest, signal: AbortSignal): Promise<Usage> {
    const params = { model: this.#model, request: { ...request, prompt: [...request.prompt] } };
    const usage = await this.#call(signal, (token) =>
      this.#connection.sendRequest(warmRequest, params, token),
    );
    return v.parse(usageSchema, usage);
  }

  async *#stream(
    signal: AbortSignal,
    send: (stream: string, token: Token) => Promise<StreamEnd>,
  ): AsyncGenerator<StreamPart, void> {
    const stream = `${this.#streamNames}/${this.#streams++}`;
    const parts = new PartQueue();
    const stopped = new AbortController();
    const forget = onAbort(signal, () => stopped.abort());
    try {
      const progress = this.#connection.onProgress(streamPart, stream, (raw) => {
        const part = v.safeParse(streamPartSchema, raw);
        if (part.success) parts.push(part.output);
      });
      this.#call(stopped.signal, (token) => send(stream, token))
        .then((end) => parts.push({ kind: "stream-end", ...v.parse(streamEndSchema, end) }))
        .catch((error: unknown) => parts.fail(fromWire(error, this.#lost)))
        .finally(() => progress.dispose());
      yield* parts;
    } finally {
      forget();
      stopped.abort();
    }
  }

  /** Sends, cancels when `signal` aborts, and still waits for the answer: it says what was computed. */
  async #call<T>(signal: AbortSignal, send: (token: Token) => Promise<T>): Promise<T> {
    const source = new CancellationTokenSource();
    const forget = onAbort(signal, () => source.cancel());
    try {
      return await send(source.token);
    } catch (error) {
      throw fromWire(error, this.#lost);
    } finally {
      forget();
      source.dispose();
    }
  }
}

function fromBase64(text: string): Float32Array {
  const bytes = Buffer.from(text, "base64");
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
