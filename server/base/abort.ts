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

/** What `promise` comes to, or undefined as soon as `signal` aborts; the promise itself runs on. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const aborted = Promise.withResolvers<undefined>();
  const unlisten = onAbort(signal, () => aborted.resolve(undefined));
  try {
    const first = await Promise.race([promise, aborted.promise]);
    return signal.aborted ? undefined : first;
  } finally {
    unlisten();
  }
}
