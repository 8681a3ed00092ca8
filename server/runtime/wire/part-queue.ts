/** Stream parts between a connection that pushes them and one reader that pulls them. */

import type { StreamPart } from "../../model/model-runtime.ts";

export class PartQueue implements AsyncIterable<StreamPart> {
  readonly #parts: StreamPart[] = [];
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  push(part: StreamPart): void {
    this.#parts.push(part);
    this.#wake?.();
  }

  fail(error: Error): void {
    this.#failure = error;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamPart, void> {
    for (;;) {
      const part = this.#parts.shift();
      if (part) {
        yield part;
        if (part.kind === "stream-end") return;
      } else if (this.#failure) throw this.#failure;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
