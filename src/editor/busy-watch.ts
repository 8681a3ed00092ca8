/** Tells when work has been under way for so long that it should show; shorter work never does. */

/** Waiting becomes visible after this long. */
export const visibleAfterMs = 300;

export interface BusyWatchOptions {
  readonly onChange: () => void;
  /** Calls back after `ms` milliseconds; returns the undo. */
  readonly after: (ms: number, callback: () => void) => () => void;
}

export interface LongWork {
  readonly goesOn: () => void;
  readonly isOver: () => void;
}

export class BusyWatch {
  readonly #options: BusyWatchOptions;
  #running = 0;
  #visible = false;
  #cancel: (() => void) | undefined;

  constructor(options: BusyWatchOptions) {
    this.#options = options;
  }

  get visible(): boolean {
    return this.#visible;
  }

  /** Work has begun; call what is returned, once, when it ends. */
  begin(): () => void {
    this.#running += 1;
    this.#cancel ??= this.#options.after(visibleAfterMs, () => this.#show());
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#running -= 1;
      if (this.#running === 0) this.#hide();
    };
  }

  /** Work whose state is told again and again: it has begun once, and ended once. */
  follow(): LongWork {
    let end: (() => void) | undefined;
    return {
      goesOn: () => {
        end ??= this.begin();
      },
      isOver: () => {
        end?.();
        end = undefined;
      },
    };
  }

  async watch<T>(answer: PromiseLike<T>): Promise<T> {
    const end = this.begin();
    try {
      return await answer;
    } finally {
      end();
    }
  }

  dispose(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #show(): void {
    this.#visible = true;
    this.#options.onChange();
  }

  #hide(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (!this.#visible) return;
    this.#visible = false;
    this.#options.onChange();
  }
}
