/** `hearth doctor`: what is there, what is not, and what mends it. */

import { buildCommand, type Command } from "@stricli/core";
import type { Localizer } from "../base/l10n.ts";
import type { DoctorCheck } from "../protocol/doctor.ts";
import type { CliContext } from "./cli-context.ts";
import type { Outcome } from "./failure.ts";
import { type GlobalFlags, globalFlags, settingsOf } from "./global-flags.ts";
import { type Paint, paintFor } from "./paint.ts";
import { runVerb } from "./run-verb.ts";
import { visibleText } from "./visible-text.ts";

export function doctorCommand(localizer: Localizer): Command<CliContext> {
  const { t } = localizer;
  return buildCommand<GlobalFlags, [], CliContext>({
    docs: { brief: t("Check what Hearth needs on this machine, and say what mends it") },
    parameters: { flags: globalFlags(localizer) },
    func(flags) {
      return runVerb({ context: this, json: flags.json }, () => doctor(this, flags));
    },
  });
}

async function doctor(context: CliContext, flags: GlobalFlags): Promise<Outcome> {
  const { settings, problems } = await settingsOf(flags, context);
  const result = await context.doctor({ settings, problems }, context.signal);
  const { localizer, process } = context;
  const text = doctorText(result.checks, paintFor(process.stdout));
  const failing = result.checks.filter(({ state }) => state === "fail");
  if (failing.length === 0) return { kind: "done", json: result, text };
  const message = localizer.t("{0} of {1} checks failed.", failing.length, result.checks.length);
  return { kind: "failed", failure: { code: "check-failed", message, mend: "" }, json: result, text };
}

/** A line a check; why and what mends it below those that are not in order. */
export function doctorText(checks: readonly DoctorCheck[], paint: Paint): string {
  const width = Math.max(...checks.map(({ id }) => id.length));
  const indent = " ".repeat(width + 8);
  return checks
    .flatMap(({ id, state, found, why, mend }) => {
      const mark = { ok: paint.good("ok  "), warn: paint.warn("warn"), fail: paint.bad("FAIL") }[state];
      const below = [why, mend].filter((sentence) => sentence !== "");
      const head = `${mark}  ${paint.strong(id.padEnd(width))}  ${visibleText(found)}`;
      return [head, ...below.map((line) => indent + visibleText(line))];
    })
    .join("\n");
}
