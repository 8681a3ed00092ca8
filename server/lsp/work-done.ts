/** What a client may end by `window/workDoneProgress/cancel`: requests that came with a token of their own. */

import { type Disposable, toDisposable } from "../base/disposable.ts";

export type ProgressToken = string | number;

export class WorkDone {
  readonly #running = new Map<ProgressToken, AbortController>();

  /** Aborts when `signal` does, or when the client cancels the work of this token. */
  begin(token: ProgressToken, signal: AbortSignal): Disposable & { readonly signal: AbortSignal } {
    const controller = new AbortController();
    this.#running.set(token, controller);
    const end = toDisposable(() => {
      if (this.#running.get(token) === controller) this.#running.delete(token);
    });
    return { ...end, signal: AbortSignal.any([signal, controller.signal]) };
  }

  /** Whether there was such work. */
  cancel(token: ProgressToken): boolean {
    const running = this.#running.get(token);
    running?.abort();
    return running !== undefined;
  }
}
