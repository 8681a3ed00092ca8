/** `hearth models import` and `hearth models rm`: models from and to the person's own files. */

import { resolve } from "node:path";
import { buildCommand, type Command } from "@stricli/core";
import { byteSize } from "../base/byte-size.ts";
import type { Localizer } from "../base/l10n.ts";
import type { CliContext } from "./cli-context.ts";
import { withProgress } from "./fetch-verb.ts";
import { type GlobalFlags, globalFlags, settingsOf } from "./global-flags.ts";
import { runVerb } from "./run-verb.ts";
import { visibleText } from "./visible-text.ts";

interface ImportFlags extends GlobalFlags {
  readonly as?: string;
}

export function importCommand(localizer: Localizer): Command<CliContext> {
  const { t } = localizer;
  return buildCommand<ImportFlags, [string], CliContext>({
    docs: { brief: t("Copy a model file of yours to Hearth's folder") },
    parameters: {
      flags: {
        ...globalFlags(localizer),
        as: {
          kind: "parsed",
          parse: String,
          optional: true,
          placeholder: "NAME",
          brief: t("The name that it gets [default: the file's]"),
        },
      },
      positional: {
        kind: "tuple",
        parameters: [{ placeholder: "FILE.gguf", brief: t("The file"), parse: String }],
      },
    },
    func(flags, file) {
      return runVerb({ context: this, json: flags.json }, () =>
        withProgress(this, async (onProgress) => {
          const from = resolve(this.cwd, file);
          const maxGigabytes = (await settingsOf(flags, this)).settings["models.maxGigabytes"];
          const { state, name, path, bytes, record } = await this.models.folder.import(
            from,
            { onProgress, at: new Date(), maxGigabytes, as: flags.as },
            this.signal,
          );
          const text =
            state === "there"
              ? t("{0} is here already.", `embedded/${name}`)
              : t("Imported {0} ({1}) as embedded/{2}.", from, byteSize(bytes), name);
          const json = { state, name, path, bytes, sha256: record?.sha256 };
          return { kind: "done", json, text: visibleText(text) };
        }),
      );
    },
  });
}

export function removeCommand(localizer: Localizer): Command<CliContext> {
  const { t } = localizer;
  return buildCommand<GlobalFlags, [string], CliContext>({
    docs: { brief: t("Remove a model, or what is left of its download") },
    parameters: {
      flags: globalFlags(localizer),
      positional: {
        kind: "tuple",
        parameters: [{ placeholder: "NAME", brief: t("As hearth models list names it"), parse: String }],
      },
    },
    func(flags, name) {
      return runVerb({ context: this, json: flags.json }, () =>
        withProgress(this, async () => {
          const removed = await this.models.folder.remove(name.replace(/^embedded\//, ""));
          const { paths, bytes } = removed;
          const text = t("Removed embedded/{0}: {1} came free.", removed.name, byteSize(bytes));
          return { kind: "done", json: { removed: paths, bytes }, text: visibleText(text) };
        }),
      );
    },
  });
}
