/** The licences that the person has accepted: each is asked about once. */

import { join } from "node:path";
import * as v from "valibot";
import { readJsonFile, writeJsonFile } from "../base/json-file.ts";
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
    await writing(this.#path, () => writeJsonFile(this.#path, accepted));
  }

  async #read(): Promise<v.InferOutput<typeof acceptedSchema>> {
    return (await readJsonFile(this.#path, acceptedSchema)) ?? {};
  }
}

/** A licence that many share means the same everywhere; what has a text of its own is one by repository. */
function keyOf({ licence, repository }: Licensed): string {
  return shared.test(licence.id) ? licence.id : `${licence.id} ${repository}`;
}

const shared =
  /^(?:apache-2\.0|mit|bsd-[23]-clause|cc0-1\.0|cc-by(?:-sa)?-4\.0|bigcode-openrail-m|gemma|llama[\d.]+)$/i;
