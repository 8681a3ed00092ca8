/** `hearth plan`: which models this machine, or another, can run, how they would be loaded, and why. */

import { buildCommand, type Command } from "@stricli/core";
import type { Localizer } from "../base/l10n.ts";
import type { PriceSetting } from "../config/price-kind.ts";
import { acceleratorsLike } from "../model/accelerators.ts";
import { withBackend } from "../model/explain-backend.ts";
import type { Prices } from "../model/plan/cost.ts";
import { type HardwareWish, imagineHardware } from "../model/plan/imagined-hardware.ts";
import { makePlan } from "../model/plan/make-plan.ts";
import { planResult, pricesFrom } from "../model/plan/plan-result.ts";
import type { CliContext } from "./cli-context.ts";
import { failed, type Outcome } from "./failure.ts";
import { settingsOf, warnOfProblems } from "./global-flags.ts";
import { paintFor } from "./paint.ts";
import { type PlanFlags, planDescription, planFlags } from "./plan-flags.ts";
import { planText } from "./plan-text.ts";
import { runVerb } from "./run-verb.ts";

export function planCommand(localizer: Localizer): Command<CliContext> {
  const { t } = localizer;
  return buildCommand<PlanFlags, [], CliContext>({
    docs: {
      brief: t("Say which models this machine can run, and why"),
      fullDescription: planDescription(localizer),
    },
    parameters: { flags: planFlags(localizer) },
    func(flags) {
      return runVerb({ context: this, json: flags.json }, () => plan(this, flags));
    },
  });
}

/** Flags go before settings. */
function pricesOf(flags: PlanFlags, set: PriceSetting): Partial<Prices> {
  const { "api-price": api, "power-price": power, watts, "hardware-price": hardware } = flags;
  const said = Object.entries({ api, power, watts, hardware }).filter(([, price]) => price !== undefined);
  return pricesFrom({ ...set, ...Object.fromEntries(said) });
}

async function plan(context: CliContext, flags: PlanFlags): Promise<Outcome> {
  const { localizer, process } = context;
  const here = await context.machine(context.signal);
  const wish = wishOf(flags);
  const hardware = imagineHardware(wish, here.hardware);
  if (!hardware) return failed(unknownGpu(flags.gpu ?? "", localizer));
  const { corrections, modelsHere } = here;
  const run = await settingsOf(flags, context);
  warnOfProblems(run, context);
  const prices = pricesOf(flags, run.settings["plan.prices"]);
  const models = flags["offline-only"] ? { models: await modelsHere() } : {};
  const made = planResult(makePlan(hardware, { corrections, ...models }), localizer, prices);
  // What computes here says nothing of another machine.
  const result = Object.keys(wish).length === 0 ? withBackend(made, here.backend, localizer) : made;
  const columns = columnsOf(process.stdout);
  const text = planText(result, { localizer, columns, paint: paintFor(process.stdout) });
  return { kind: "done", json: result, text };
}

function columnsOf(stream: NodeJS.WritableStream & { readonly columns?: number }): number {
  return stream.columns ?? 80;
}

function wishOf({ gpu, vram, bandwidth, gpus, ram, cores }: PlanFlags): HardwareWish {
  return {
    ...(gpu === undefined ? {} : { gpu }),
    ...(vram === undefined ? {} : { vramBytes: vram }),
    ...(bandwidth === undefined ? {} : { bandwidth }),
    ...(gpus === undefined ? {} : { gpus }),
    ...(ram === undefined ? {} : { ramBytes: ram }),
    ...(cores === undefined ? {} : { cores }),
  };
}

function unknownGpu(name: string, { t }: Localizer) {
  const near = acceleratorsLike(name);
  return {
    code: "unknown-gpu",
    message: t("Hearth does not know a GPU called {0}.", name),
    mend:
      near.length > 0
        ? t("Did you mean {0}? If not, give its memory too, as {1}.", near.join(", "), "--vram 24GiB")
        : t(
            "Give its memory too, as {0}; {1} lists those that it knows.",
            "--vram 24GiB",
            "hearth plan --help",
          ),
  };
}
