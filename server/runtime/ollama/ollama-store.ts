/** How models come into an Ollama: pulled by itself from a registry, or made of another; told as it goes. */

import * as v from "valibot";
import { HttpClient } from "../http/http-client.ts";
import { brokenOffError, strangerError } from "../http/http-errors.ts";
import { jsonLines } from "../http/json-lines.ts";

/** One line of what Ollama says while it works. */
export interface StoreStep {
  /** Its own words, such as `verifying sha256 digest`. */
  readonly status: string;
  /** Of the file that is fetched. */
  readonly digest?: string;
  readonly total?: number;
  readonly completed?: number;
}

export interface StorePull {
  readonly model: string;
  /** Whether the registry may be spoken to in the clear, as one on this machine is. */
  readonly insecure: boolean;
}

export interface StoreCreate {
  readonly model: string;
  readonly from: string;
  /** As llama.cpp names it, such as `q4_K_M`. */
  readonly quantize: string;
}

export type OnStep = (step: StoreStep) => void;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const stepSchema = v.union([
  v.object({ error: v.string() }),
  v.object({
    status: v.string(),
    digest: v.exactOptional(v.string()),
    total: v.exactOptional(count),
    completed: v.exactOptional(count),
  }),
]);

const name = "Ollama";

export class OllamaStore {
  readonly #url: URL;

  constructor(url: URL) {
    this.#url = url;
  }

  /** Rejects with a RuntimeError, or with the signal's reason; what has come by then Ollama keeps. */
  pull(pull: StorePull, onStep: OnStep, signal: AbortSignal): Promise<void> {
    return this.#work("api/pull", { ...pull, stream: true }, onStep, signal);
  }

  create(create: StoreCreate, onStep: OnStep, signal: AbortSignal): Promise<void> {
    return this.#work("api/create", { ...create, stream: true }, onStep, signal);
  }

  async #work(path: string, body: object, onStep: OnStep, signal: AbortSignal): Promise<void> {
    const client = new HttpClient({ url: this.#url.href, name });
    try {
      let done = false;
      for await (const line of jsonLines(client.stream({ method: "POST", path, body }, signal))) {
        const step = this.#read(line, client);
        done = step.status === "success";
        onStep(step);
      }
      signal.throwIfAborted();
      if (!done) throw brokenOffError(name, this.#url);
    } finally {
      client.dispose();
    }
  }

  #read(line: string, client: HttpClient): StoreStep {
    const step = v.safeParse(v.pipe(v.string(), v.parseJson(), stepSchema), line);
    if (!step.success) throw strangerError(name, this.#url);
    if ("error" in step.output) throw client.saidError(step.output.error, "refused");
    return step.output;
  }
}
