/**
 * The API key of `runtimes.openai`, in the editor's secret storage.
 *
 * Invariant: it is given for the one origin that it was set for. Whoever asks for another one has changed the
 * address, and the key is dropped.
 */

/** The part of the editor's secret storage that is used. */
export interface SecretStorage {
  get(key: string): PromiseLike<string | undefined>;
  store(key: string, value: string): PromiseLike<void>;
  delete(key: string): PromiseLike<void>;
}

const place = "hearth.apiKey";

export class ApiKey {
  readonly #storage: SecretStorage;

  constructor(storage: SecretStorage) {
    this.#storage = storage;
  }

  /** An empty key takes away what was there. */
  async set(origin: string, key: string): Promise<void> {
    if (key === "") await this.#storage.delete(place);
    else await this.#storage.store(place, JSON.stringify([origin, key]));
  }

  async forget(): Promise<void> {
    await this.#storage.delete(place);
  }

  async of(origin: string): Promise<string | undefined> {
    const kept = await this.#storage.get(place);
    if (kept === undefined) return undefined;
    const [boundTo, key] = parse(kept);
    if (boundTo === origin) return key;
    await this.#storage.delete(place);
    return undefined;
  }
}

function parse(kept: string): readonly (string | undefined)[] {
  try {
    const value: unknown = JSON.parse(kept);
    return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : [];
  } catch (error) {
    // Something else wrote it: it is bound to nothing.
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
