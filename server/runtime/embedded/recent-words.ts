/** What llama.cpp said last, and whether it said that memory ran out: its calls only say that they failed. */

import type { RuntimeError } from "../../model/runtime-error.ts";
import { endCause } from "../supervisor/output-causes.ts";

const mostCharacters = 16 * 1024;

export class RecentWords {
  #text = "";

  hear(message: string): void {
    this.#text = `${this.#text}${message.endsWith("\n") ? message : `${message}\n`}`.slice(-mostCharacters);
  }

  async lackOfMemory(): Promise<RuntimeError | undefined> {
    // Its words come from other threads, and may be behind the failure that they are about.
    await new Promise((resolve) => setImmediate(resolve));
    const { error } = endCause({ name: "llama.cpp", output: this.#text, code: null, signal: null });
    if (error.code !== "out-of-memory") return undefined;
    // A later failure has words of its own.
    this.#text = "";
    return error;
  }
}
