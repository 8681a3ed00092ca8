/** The licences that the person has accepted: each is asked about once. */

import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { writing } from "./part-file.ts";
import type { ModelOffer } from "./repository.ts";

const acceptedSchema = v.record(v.string(), v.object({ at: v.string(), for: v.string() }));

/** Whose licence it is, for one that has a text of its own. */
type Licensed = Pick<ModelOffer, "licence" | "repository">;

export class Licences {
  readonly #path: string;

  constructor(home: string) {
    this.#path = join(home, "licences.json");
  }

  async accepted(offer: Licensed): Promise<boolean> {
    return Object.hasOwn(await this.#read(), keyOf(offer));
  }

  async accept(offer: Licensed, at: string): Promise<void> {
    const accepted = { ...(await this.#read()), [keyOf(offer)]: { at, for: offer.repository } };
    await writing(this.#path, async () => {
      await writeFile(`${this.#path}.new`, `${JSON.stringify(accepted, undefined, 2)}\n`, { mode: 0o600 });
      await rename(`${this.#path}.new`, this.#path);
    });
  }

  async #read(): Promise<v.InferOutput<typeof acceptedSchema>> {
    const text = await readFile(this.#path, "utf8").catch(() => "{}");
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), acceptedSchema), text);
    return parsed.success ? parsed.output : {};
  }
}

/** A licence that many share means the same everywhere; what has a text of its own is one by repository. */
function keyOf({ licence, repository }: Licensed): string {
  return shared.test(licence.id) ? licence.id : `${licence.id} ${repository}`;
}

const shared =
  /^(?:apache-2\.0|mit|bsd-[23]-clause|cc0-1\.0|cc-by(?:-sa)?-4\.0|bigcode-openrail-m|gemma|llama[\d.]+)$/i;
