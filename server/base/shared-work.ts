/** Work that several may want at once: it is done once for all who want it while it goes on, and ends with the last of them. */

export class SharedWork<T> {
  readonly #work: (signal: AbortSignal) => Promise<T>;
  #running: { readonly result: Promise<T>; readonly stop: AbortController; wanted: number } | undefined;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#work = work;
  }

  /** Who leaves hears no more of it: the promise rejects with the signal's reason. */
  async wait(signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const running = this.#running ?? this.#begin();
    running.wanted++;
    const left = Promise.withResolvers<never>();
    const leave = () => left.reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await Promise.race([running.result, left.promise]);
    } finally {
      signal.removeEventListener("abort", leave);
      if (--running.wanted === 0) {
        running.stop.abort();
        if (this.#running === running) this.#running = undefined;
      }
    }
  }

  #begin() {
    const stop = new AbortController();
    const running = { result: this.#work(stop.signal), stop, wanted: 0 };
    // Whoever has left hears of no failure.
    running.result.catch(() => undefined);
    this.#running = running;
    return running;
  }
}
