/** The least confidence at which a guess is shown, by language. */

/** Right more often than wrong, over the tuning packages; what a language has before it is calibrated. */
const startingGate = 0.35;

export class Gates {
  readonly #byLanguage = new Map<string, number>();

  of(languageId: string): number {
    return this.#byLanguage.get(languageId) ?? startingGate;
  }

  all(): Readonly<Record<string, number>> {
    return { "*": startingGate, ...Object.fromEntries(this.#byLanguage) };
  }
}
