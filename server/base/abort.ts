/** Abort signals: the newest request wins by construction, without flags. */

/** Each call of `next` aborts the signal that the call before returned. */
export class Latest {
  #current: AbortController | undefined;

  next(): AbortSignal {
    this.#current?.abort();
    this.#current = new AbortController();
    return this.#current.signal;
  }

  dispose(): void {
    this.#current?.abort();
    this.#current = undefined;
  }
}

/** Runs `callback` once when `signal` aborts, at once when it already has. Returns the undo. */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) {
    callback();
    return () => {};
  }
  signal.addEventListener("abort", callback, { once: true });
  return () => signal.removeEventListener("abort", callback);
}
