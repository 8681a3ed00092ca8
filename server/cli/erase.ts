/** `hearth erase`: takes away everything that Hearth has put into HEARTH_HOME, once the person has seen what that is. */

import { buildCommand, type Command } from "@stricli/core";
import { byteSize } from "../base/byte-size.ts";
import type { Localizer } from "../base/l10n.ts";
import { diskUse } from "../fetch/disk-use.ts";
import { lookAtHome, type OursLook } from "../security/erase-home.ts";
import type { CliContext } from "./cli-context.ts";
import { failed, type Outcome } from "./failure.ts";
import { type GlobalFlags, globalFlags } from "./global-flags.ts";
import { runVerb } from "./run-verb.ts";
import { visibleText } from "./visible-text.ts";

interface EraseFlags extends GlobalFlags {
  readonly yes: boolean;
  readonly "dry-run": boolean;
}

export function eraseCommand(localizer: Localizer): Command<CliContext> {
  const { t } = localizer;
  return buildCommand<EraseFlags, [], CliContext>({
    docs: { brief: t("Erase all that Hearth keeps on this machine: models, settings, logs") },
    parameters: {
      flags: {
        ...globalFlags(localizer),
        yes: {
          kind: "boolean",
          brief: t("Erase it without being asked"),
          default: false,
          withNegated: false,
        },
        "dry-run": {
          kind: "boolean",
          brief: t("Say what would be erased, and erase nothing"),
          default: false,
          withNegated: false,
        },
      },
    },
    func(flags) {
      return runVerb({ context: this, json: flags.json }, () => erase(this, flags));
    },
  });
}

async function erase(context: CliContext, flags: EraseFlags): Promise<Outcome> {
  const { home, localizer, signal } = context;
  const { t } = localizer;
  const look = await lookAtHome(home);
  if (look.kind === "nothing")
    return {
      kind: "done",
      json: { home, erased: false, bytes: 0, entries: [], kept: [] },
      text: t("There is no {0}.", home),
    };
  if (look.kind === "not-ours") return failed(notOurs(home, look.strangers, localizer));
  const uses = await diskUse(look.home);
  const bytes = uses.reduce((sum, use) => sum + use.bytes, 0);
  const question = t(
    "{0} with {1} will be erased for good: {2}.",
    home,
    byteSize(bytes),
    look.entries.join(", "),
  );
  const lines = [question, ...keptLines(look, localizer)];
  const { entries, kept } = look;
  if (flags["dry-run"])
    return {
      kind: "done",
      json: { home, erased: false, bytes, entries, kept },
      text: visibleText(lines.join("\n")),
    };
  const answer = await answered(lines, { context, flags });
  if (answer) return failed(answer);
  const erased = await context.erase(look, signal);
  if (erased.kind === "busy") return failed(busy(erased.who, localizer));
  if (erased.left.length > 0) return failed(cameBack(erased.left, localizer));
  const text = [t("Erased {0}.", home), ...keptLines(look, localizer)].join("\n");
  return { kind: "done", json: { home, erased: true, bytes, entries, kept }, text: visibleText(text) };
}

function keptLines({ kept }: OursLook, { t }: Localizer): readonly string[] {
  return kept.map((path) => t("{0} stays: Hearth did not put it there.", path));
}

interface Asked {
  readonly context: CliContext;
  readonly flags: EraseFlags;
}

/** Undefined for a yes, else why not. */
async function answered(lines: readonly string[], { context, flags }: Asked) {
  const { confirm, localizer, process, signal } = context;
  const { t } = localizer;
  if (flags.yes || confirm) process.stderr.write(`${visibleText(lines.join("\n"))}\n`);
  if (flags.yes) return undefined;
  if (!confirm)
    return {
      code: "nobody-asked",
      message: t("Nothing was erased: there is nobody to ask here."),
      mend: t("Run it in a terminal, or add --yes."),
    };
  if (await confirm(t("Erase it?"), signal)) return undefined;
  return { code: "declined", message: t("Nothing was erased."), mend: "" };
}

function notOurs(home: string, strangers: readonly string[], { t }: Localizer) {
  const some = strangers.slice(0, 5).join(", ");
  return {
    code: "not-ours",
    message:
      strangers.length === 0
        ? t("{0} is no folder that is Hearth's alone, so nothing was erased.", home)
        : t("{0} holds what Hearth did not put there ({1}), so nothing was erased.", home, some),
    mend: t("Check HEARTH_HOME, or move what is yours out of it."),
  };
}

function busy(who: string, { t }: Localizer) {
  return {
    code: "in-use",
    message: t("Hearth is at work there ({0}), so nothing was erased.", who),
    mend: t("Close the editors that use Hearth, end its downloads, then run it again."),
  };
}

function cameBack(left: readonly string[], { t }: Localizer) {
  return {
    code: "in-use",
    message: t("It was erased, and somebody has written there again: {0}.", left.join(", ")),
    mend: t("Close the editors that use Hearth, end its downloads, then run it again."),
  };
}
