/** `hearth doctor`: what is there, what is not, and what mends it. */

import { resolve } from "node:path";
import { buildCommand, type Command } from "@stricli/core";
import type { Localizer } from "../base/l10n.ts";
import { oneLine } from "../base/one-line.ts";
import type { DoctorCheck } from "../protocol/doctor.ts";
import { brokenText } from "./broken-text.ts";
import type { CliContext } from "./cli-context.ts";
import { failed, type Outcome } from "./failure.ts";
import { type GlobalFlags, globalFlags, settingsOf } from "./global-flags.ts";
import { type Paint, paintFor } from "./paint.ts";
import { rootFailure, rootFolderOf } from "./root-folder.ts";
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
  const { cwd, localizer, process, signal } = context;
  const failure = flags.root === undefined ? undefined : await rootFailure(flags.root, cwd, localizer);
  if (failure) return failed(failure);
  const root = flags.root === undefined ? await rootFolderOf(cwd, cwd) : resolve(cwd, flags.root);
  const result = await context.doctor({ ...(await settingsOf(flags, context)), root }, signal);
  const text = doctorText(result.checks, paintFor(process.stdout), columnsOf(process.stdout));
  const failing = result.checks.filter(({ state }) => state === "fail");
  if (failing.length === 0) return { kind: "done", json: result, text };
  const message = localizer.t("{0} of {1} checks failed.", failing.length, result.checks.length);
  return { kind: "failed", failure: { code: "check-failed", message, mend: "" }, json: result, text };
}

/** What is no terminal gets each sentence in a line of its own. */
function columnsOf(stream: NodeJS.WritableStream & { readonly columns?: number }): number {
  return stream.columns ?? Infinity;
}

/** A line a check; why and what mends it below those that are not in order. Names of files stay whole. */
export function doctorText(checks: readonly DoctorCheck[], paint: Paint, columns: number): string {
  const width = Math.max(...checks.map(({ id }) => id.length));
  const indent = " ".repeat(width + 8);
  const room = Math.max(20, columns - indent.length);
  return checks
    .flatMap(({ id, state, found, why, mend }) => {
      const mark = { ok: paint.good("ok  "), warn: paint.warn("warn"), fail: paint.bad("FAIL") }[state];
      const [first = "", ...rest] = [
        ...brokenText(visibleText(oneLine(found)), room),
        ...reasons(visibleText(why), room),
        ...(mend === "" ? [] : brokenText(visibleText(mend), room)),
      ];
      return [`${mark}  ${paint.strong(id.padEnd(width))}  ${first}`, ...rest.map((line) => indent + line)];
    })
    .join("\n");
}

/** Several reasons, a line each, are told apart by dashes. */
function reasons(why: string, room: number): readonly string[] {
  if (why === "") return [];
  const all = why.split("\n");
  if (all.length === 1) return brokenText(why, room);
  return all.flatMap((reason) =>
    brokenText(reason, room - 2).map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`)),
  );
}
