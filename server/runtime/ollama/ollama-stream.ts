/** One answer of Ollama's as stream parts: the lines of `/api/generate` and `/api/chat`, errors among them. */

import * as v from "valibot";
import { onAbort } from "../../base/abort.ts";
import type { Clock } from "../../base/clock.ts";
import { noUsage, type StopReason, type StreamPart, type Usage } from "../../model/model-runtime.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import type { HttpClient } from "../http/http-client.ts";
import { brokenOffError, strangerError } from "../http/http-errors.ts";
import { jsonLines } from "../http/json-lines.ts";
import { whileHeard } from "../http/while-heard.ts";
import { QuietMoment } from "./quiet-moment.ts";

export interface OllamaAnswer {
  readonly client: HttpClient;
  readonly clock: Clock;
  readonly url: URL;
  readonly path: "api/generate" | "api/chat";
  readonly body: AnswerBody;
}

interface AnswerBody {
  readonly options: { readonly num_predict: number };
  readonly [key: string]: unknown;
}

const text = v.optional(v.string(), "");
const count = v.optional(v.number(), 0);
const lineSchema = v.union([
  v.object({ error: v.string() }),
  v.object({
    response: text,
    thinking: text,
    message: v.optional(v.object({ content: text, thinking: text })),
    done: v.boolean(),
    done_reason: text,
    prompt_eval_count: count,
    eval_count: count,
  }),
]);
type Line = Exclude<v.InferOutput<typeof lineSchema>, { readonly error: string }>;

/**
 * Ends with one `stream-end`, also when `signal` aborts. Ollama does not say how much of a prompt it found in its
 * cache: `cached` is 0.
 */
export async function* ollamaStream(
  answer: OllamaAnswer,
  signal: AbortSignal,
): AsyncGenerator<StreamPart, void> {
  if (signal.aborted) return yield end("aborted", noUsage);
  const { client, url, path, body, clock } = answer;
  const loop = new LoopWatch();
  const quiet = new QuietMoment(clock);
  // However the reader leaves, the connection is closed: nothing else makes Ollama stop generating.
  const left = new AbortController();
  const leave = async () => {
    await quiet.wait();
    left.abort();
  };
  const forget = onAbort(signal, () => void leave());
  let said = 0;
  let whole = false;
  try {
    const request = { method: "POST", path, body: { ...body, stream: true } } as const;
    const ask = (stop: AbortSignal) => jsonLines(client.stream(request, stop));
    for await (const data of whileHeard(client, ask, left.signal)) {
      const line = readLine(data, { ...answer, said });
      said++;
      quiet.saw();
      if (said > mostLines(body)) throw endless(answer);
      whole = line.done;
      if (signal.aborted) continue;
      yield* partsOf(line);
      loop.saw(line.message?.content ?? line.response);
      if (whole) return yield end(line.done_reason === "length" ? "length" : "stop", usageOf(line));
    }
    if (signal.aborted) return yield end("aborted", { ...noUsage, generated: said });
    if (!loop.found) throw said > 0 ? brokenOffError(client.name, url) : strangerError(client.name, url);
    yield end("length", { ...noUsage, generated: said });
  } catch (error) {
    if (!signal.aborted) throw error;
    yield end("aborted", { ...noUsage, generated: said });
  } finally {
    forget();
    if (!whole) await leave();
  }
}

/**
 * After 30 times the same piece of text Ollama ends the stream, and leaves out the line that says so
 * (`tokenRepeat` of llm/server.go).
 */
class LoopWatch {
  #last = "";
  #times = 0;

  saw(piece: string): void {
    this.#times = piece.trim() === this.#last ? this.#times + 1 : 0;
    this.#last = piece.trim();
  }

  get found(): boolean {
    return this.#times >= 30;
  }
}

function readLine(data: string, answer: OllamaAnswer & { readonly said: number }): Line {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), lineSchema), data);
  const { client, url, said } = answer;
  if (!parsed.success) throw said > 0 ? brokenOffError(client.name, url) : strangerError(client.name, url);
  if ("error" in parsed.output) throw client.saidError(parsed.output.error, "runtime-crashed");
  return parsed.output;
}

/** A token is a line at most; the last says only that it is the last. */
function mostLines({ options }: AnswerBody): number {
  return options.num_predict + 100;
}

function endless({ client, body }: OllamaAnswer): RuntimeError {
  return new RuntimeError("refused", "{0} writes more than the {1} tokens that it was asked for.", {
    values: [client.name, body.options.num_predict],
  });
}

function* partsOf({ response, thinking, message }: Line): Generator<StreamPart, void> {
  const reasoning = message?.thinking ?? thinking;
  if (reasoning !== "") yield { kind: "reasoning-delta", text: reasoning };
  const content = message?.content ?? response;
  if (content !== "") yield { kind: "text-delta", text: content };
}

function usageOf({ prompt_eval_count, eval_count }: Line): Usage {
  return { prompt: prompt_eval_count, cached: 0, reasoning: 0, generated: eval_count };
}

function end(reason: StopReason, usage: Usage): StreamPart {
  return { kind: "stream-end", reason, usage };
}
