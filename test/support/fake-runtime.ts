/** A runtime whose answers a test writes: it streams when told to, and records what it was asked. */

import type {
  ChatRequest,
  EmbedRequest,
  InfillRequest,
  ModelRuntime,
  StopReason,
  StreamPart,
  Usage,
  WarmRequest,
} from "../../server/model/model-runtime.ts";
import { RuntimeError } from "../../server/model/runtime-error.ts";

const usage: Usage = { prompt: 10, cached: 8, reasoning: 0, generated: 2 };

/** One infill under way. */
export class FakeStream {
  readonly request: InfillRequest;
  readonly signal: AbortSignal;
  readonly #parts: StreamPart[] = [];
  #wake = () => {};
  #failure: RuntimeError | undefined;

  constructor(request: InfillRequest, signal: AbortSignal) {
    this.request = request;
    this.signal = signal;
    signal.addEventListener("abort", () => this.end("aborted"));
  }

  write(text: string): void {
    this.#push({ kind: "text-delta", text });
  }

  end(reason: StopReason = "stop"): void {
    this.#push({ kind: "stream-end", reason, usage });
  }

  fail(error: RuntimeError): void {
    this.#failure = error;
    this.#wake();
  }

  async *parts(): AsyncGenerator<StreamPart> {
    for (;;) {
      const part = this.#parts.shift();
      if (part) {
        yield part;
        if (part.kind === "stream-end") return;
        continue;
      }
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #push(part: StreamPart): void {
    this.#parts.push(part);
    this.#wake();
  }
}

export class FakeRuntime implements ModelRuntime {
  readonly streams: FakeStream[] = [];
  /** Texts whose tokens were counted; a token is a character here. */
  readonly counted: string[] = [];

  infill(request: InfillRequest, signal: AbortSignal): AsyncIterable<StreamPart> {
    const stream = new FakeStream(request, signal);
    this.streams.push(stream);
    return stream.parts();
  }

  chat(_request: ChatRequest, _signal: AbortSignal): AsyncIterable<StreamPart> {
    throw new RuntimeError("capability-missing", "this fake does not chat");
  }

  embed(_request: EmbedRequest, _signal: AbortSignal): Promise<readonly Float32Array[]> {
    return Promise.reject(new RuntimeError("capability-missing", "this fake does not embed"));
  }

  countTokens(text: string): Promise<number> {
    this.counted.push(text);
    return Promise.resolve(text.length);
  }

  warm(_request: WarmRequest, _signal: AbortSignal): Promise<Usage> {
    return Promise.resolve(usage);
  }
}
