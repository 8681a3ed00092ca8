/**
 * The error boundary: what happened, why, and a button that mends it, in one notification. While a cause
 * lasts it is never said twice.
 */

export interface Mend {
  readonly title: string;
  readonly run: () => unknown;
}

export interface Trouble {
  /** What makes two troubles the same one, such as `server-crash`. */
  readonly cause: string;
  /** What happened and why, localised, in two short sentences. */
  readonly message: string;
  readonly mends: readonly Mend[];
  readonly error?: unknown;
}

export interface ErrorBoundaryOptions {
  /** Shows a notification with buttons; resolves to the title of the button that was pressed. */
  readonly show: (message: string, ...titles: readonly string[]) => PromiseLike<string | undefined>;
  readonly log: (message: string) => void;
}

export class ErrorBoundary {
  readonly #options: ErrorBoundaryOptions;
  /** Causes that were told and have not ended. */
  readonly #told = new Set<string>();
  /** Causes whose notification is still on the screen. */
  readonly #visible = new Set<string>();

  constructor(options: ErrorBoundaryOptions) {
    this.#options = options;
  }

  /** Tells the person, unless this cause has been told and has not ended since. */
  async report(trouble: Trouble): Promise<void> {
    const details = trouble.error === undefined ? "" : `\n${describe(trouble.error)}`;
    this.#options.log(`${trouble.cause}: ${trouble.message}${details}`);
    if (this.#told.has(trouble.cause)) return;
    this.#told.add(trouble.cause);
    this.#visible.add(trouble.cause);
    const pressed = await this.#options.show(trouble.message, ...trouble.mends.map((mend) => mend.title));
    this.#visible.delete(trouble.cause);
    const mend = trouble.mends.find((candidate) => candidate.title === pressed);
    if (!mend) return;
    this.mended(trouble.cause);
    await mend.run();
  }

  /** The cause is gone: if it comes back, it is told again. */
  mended(cause: string): void {
    this.#told.delete(cause);
  }

  /**
   * Runs one action of the person; a failure is told, under `trouble`'s cause, and ends here. Who closed
   * the notification and tries again is told again.
   */
  async guard(trouble: Trouble, action: () => unknown): Promise<void> {
    if (!this.#visible.has(trouble.cause)) this.mended(trouble.cause);
    try {
      await action();
    } catch (error) {
      await this.report({ ...trouble, error });
      return;
    }
    this.mended(trouble.cause);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
