/** A person who types statements at changing places of one document, for benches of the server. */

import type { LanguageClient } from "../test/support/language-client.ts";

export class Typist {
  readonly #client: LanguageClient;
  readonly #uri = "file:///tmp/bench/typed.ts";
  readonly #lines: number;
  #version = 1;
  #line = 0;
  #character = 0;

  private constructor(client: LanguageClient, lines: number) {
    this.#client = client;
    this.#lines = lines;
  }

  static async open(client: LanguageClient, lines: number): Promise<Typist> {
    const typist = new Typist(client, lines);
    const text = Array.from(
      { length: lines },
      (_, line) => `const name${line} = make(${line}, "${line % 7}");\n`,
    );
    await client.open(typist.#uri, text.join(""));
    return typist;
  }

  /** Replaces a line elsewhere with the start of a new statement. */
  async newStatement(): Promise<void> {
    this.#line = (this.#line + 2741) % this.#lines;
    const start = { line: this.#line, character: 0 };
    const text = `const made${this.#version} = compute`;
    const range = { start, end: { line: this.#line, character: 10_000 } };
    await this.#client.change(this.#uri, ++this.#version, [{ range, text }]);
    this.#character = text.length;
  }

  async type(text: string): Promise<void> {
    const at = { line: this.#line, character: this.#character };
    this.#character += text.length;
    await this.#client.change(this.#uri, ++this.#version, [{ range: { start: at, end: at }, text }]);
  }

  /** Asks by hand: nothing waits on purpose. */
  async complete(): Promise<void> {
    const position = { line: this.#line, character: this.#character };
    await this.#client.complete(this.#uri, position, { manual: true });
  }
}
