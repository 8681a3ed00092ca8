/** A plan's reasons in the person's language. */

import type { Localizer } from "../../base/l10n.ts";
import { gib } from "./hardware.ts";
import { fewCores } from "./limits.ts";
import type { Alternative, Reason } from "./plan.ts";

export function explainReason(reason: Reason, localizer: Localizer): string {
  if ("model" in reason) return explainModelReason(reason, localizer);
  const { t } = localizer;
  switch (reason.kind) {
    case "nothing-fits":
      return t(
        "No model fits into the {0} that one may take here; the built-in completer answers.",
        inGib(reason.usableBytes),
      );
    case "none-here":
      return t("No model on this disk completes; the built-in completer answers.");
    case "board":
      return t("A board like this needs its memory for itself: the plan stays below 1 GB.");
    case "apple":
      return t("macOS lets the GPU have {0} of the memory.", inGib(reason.gpuBytes));
    case "few-cores":
      return t(
        "A processor with fewer than {0} cores reads prompts slowly: the smallest model completes.",
        fewCores,
      );
    case "no-reasoner":
      return t("No R1 fits beside it.");
    case "others":
      return t("Other programs use {0} of {1}; the plan leaves it to them.", inGib(reason.bytes), reason.gpu);
    case "assumed-bandwidth":
      return t(
        "Hearth does not know how fast the memory of {0} is: {1} GB/s are assumed, and all speeds come from that. Say it with {2}.",
        reason.gpu,
        count(reason.bandwidth / 1e9, localizer.language),
        "hearth plan --bandwidth",
      );
    case "own-gpus":
      return t("Each model has a GPU of its own, so neither waits for the other.");
    case "no-flash":
      return t("Flash attention is off: on a processor it makes short steps slow.");
    case "no-embedding":
      return t("No embedding model is planned: search goes by words and symbols.");
  }
}

type ModelReason = Extract<Reason, { readonly model: string }>;

function explainModelReason(reason: ModelReason, { t, language }: Localizer): string {
  switch (reason.kind) {
    case "companion":
      return t(
        "{0} completes. Its {1} are set aside first: ghost text is wanted at every pause.",
        reason.model,
        inGib(reason.bytes),
      );
    case "reasoner":
      return t(
        "{0} is the largest R1 that fits beside it and is fast enough, with a context of {1} tokens.",
        reason.model,
        count(reason.contextTokens, language),
      );
    case "quant":
      return t("{0} is taken as {1}: finer weights would not fit, or be slow.", reason.model, reason.quant);
    case "small-keys":
      return t(
        "{0} keeps keys and values in 8 bits; in 16 there would be room for {1} tokens.",
        reason.model,
        count(reason.contextTokens, language),
      );
    case "full-keys":
      return t("{0} keeps keys and values in 16 bits: there is room for that.", reason.model);
    case "split":
      return t("{0} is split over {1} GPUs: none holds it alone.", reason.model, reason.gpus);
    case "spill":
      return t(
        "{1} of the {2} layers of {0} are on the GPU, the rest is computed from the main memory.",
        reason.model,
        reason.layers,
        reason.of,
      );
    case "measured":
      return explainMeasured(reason, { t, language });
    case "slots":
      return t(
        "{0} answers {1} requests at once: there is memory for so many contexts.",
        reason.model,
        reason.slots,
      );
  }
}

/** Less than half a hundredth is nothing that anybody would see. */
const leastDifference = 0.005;

function explainMeasured(
  { model, bytes, ratio }: Extract<Reason, { readonly kind: "measured" }>,
  { t, language }: Pick<Localizer, "t" | "language">,
): string {
  const took = inGib(bytes);
  if (Math.abs(ratio - 1) < leastDifference)
    return t("{0} took {1} when it was last loaded, as was foreseen.", model, took);
  const off = (Math.abs(ratio - 1) * 100).toLocaleString(language, { maximumFractionDigits: 1 });
  return ratio > 1
    ? t(
        "{0} took {1} when it was last loaded, {2} % more than foreseen; the plan counts that.",
        model,
        took,
        off,
      )
    : t(
        "{0} took {1} when it was last loaded, {2} % less than foreseen; the plan counts that.",
        model,
        took,
        off,
      );
}

export function explainAlternative({ why }: Alternative, { t, language }: Localizer): string {
  switch (why.kind) {
    case "memory":
      return t("{0} of memory are missing.", inGib(why.missingBytes));
    case "speed":
      return t("{0} would write {1} tokens a second here.", why.model, count(why.tokensPerSecond, language));
    case "smaller":
      return t("It fits too, and leaves more memory for other things.");
  }
}

/** Two decimals where one would say 0. */
export function inGib(bytes: number): string {
  const value = bytes / gib;
  return `${value.toFixed(value < 0.1 ? 2 : 1)} GiB`;
}

export function count(value: number, language: Localizer["language"]): string {
  return value.toLocaleString(language, { maximumFractionDigits: value < 10 ? 1 : 0 });
}
