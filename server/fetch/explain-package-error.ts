/** What a person is told when a package does not come: as for a model, where the words fit both. */

import type { LocalizedValue, Localizer } from "../base/l10n.ts";
import { explainFetchError, type FetchExplanation } from "./explain-fetch-error.ts";
import type { FetchError, FetchErrorCode } from "./fetch-error.ts";

export function explainPackageError(error: FetchError, localizer: Localizer): FetchExplanation {
  const own = sentences[error.code]?.(localizer.t, error.values);
  return { ...explainFetchError(error, localizer), ...own };
}

type Words = (
  t: Localizer["t"],
  values: readonly LocalizedValue[],
) => Partial<Pick<FetchExplanation, "message" | "mend">>;

const anotherRegistry = (t: Localizer["t"]) => t("Set models.packages to the address of another registry.");

const sentences: Readonly<Partial<Record<FetchErrorCode, Words>>> = {
  declined: (t) => ({ mend: t("Without it llama.cpp computes with the build that Hearth carries.") }),
  "host-unconfirmed": (t) => ({
    mend: t("If you trust it, set models.packages to an address that leads there, and fetch again."),
  }),
  unreachable: (t) => ({
    mend: t("Check the network, HTTPS_PROXY and models.packages, then run the same command again."),
  }),
  "not-found": (t) => ({ mend: anotherRegistry(t) }),
  forbidden: (t) => ({ mend: anotherRegistry(t) }),
  refused: (t) => ({ mend: anotherRegistry(t) }),
  "wrong-size": (t) => ({ mend: anotherRegistry(t) }),
  "wrong-hash": (t, [name = ""]) => ({
    message: t("What came is not {0} as Hearth knows it: its SHA-512 differs. It was removed.", name),
    mend: anotherRegistry(t),
  }),
  taken: (t, [name = ""]) => ({ message: t("{0} is being fetched already.", name) }),
};
