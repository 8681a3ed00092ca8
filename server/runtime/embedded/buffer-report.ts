/**
 * What llama.cpp says that it allocates for a context: keys and values, what it computes in, what it answers with.
 * It says so in its log alone, and each line arrives a moment after what it tells. Its lines on the weights are
 * left out: the library loses them as often as not, and a file's header says the same.
 */

const line = /(KV|compute|output) buffer size = +(\d+(?:\.\d+)?) MiB/;
/** The last is said last, once for each memory. */
const needed = ["KV", "compute"] as const;

export class BufferReport {
  readonly #onWhole: (bytes: number) => void;
  readonly #bytes = new Map<string, number>();
  #whole = false;

  /** `onWhole` is told once what all memories give together, when nothing is missing any more. */
  constructor(onWhole: (bytes: number) => void) {
    this.#onWhole = onWhole;
  }

  hear(message: string): void {
    for (const each of message.split("\n")) {
      const [, kind, mebibytes] = line.exec(each) ?? [];
      if (kind === undefined) continue;
      this.#bytes.set(kind, (this.#bytes.get(kind) ?? 0) + Number(mebibytes) * 1024 ** 2);
    }
    if (this.#whole || needed.some((kind) => !this.#bytes.has(kind))) return;
    this.#whole = true;
    // What is left of the same log is heard first.
    setImmediate(() => {
      this.#onWhole(Math.round([...this.#bytes.values()].reduce((sum, bytes) => sum + bytes, 0)));
    });
  }
}
