/** What a person is asked before anything leaves this machine. */

import type { ModelOffer } from "./repository.ts";
import type { KnownModel } from "./wanted-model.ts";

export type FetchQuestion =
  | {
      readonly kind: "look-up";
      readonly host: string;
      readonly name: string;
      /** Which file of which repository; left out where the name itself says it. */
      readonly file?: string;
      /** Who fetches it and keeps it, when that is not Hearth. */
      readonly keeper?: "Ollama";
      /** What the catalogue says of it. */
      readonly known?: KnownModel;
    }
  | {
      readonly kind: "fetch";
      readonly offer: ModelOffer;
      /** Bytes that are here already. */
      readonly have: number;
      readonly licence: "new" | "accepted";
    };

export type FetchAnswer = "yes" | "no" | "nobody";

export type AskPerson = (question: FetchQuestion, signal: AbortSignal) => Promise<FetchAnswer>;
