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

export function importCommand(localizer: Localizer): Command<CliContext> {
  const { t } = localizer;
  return buildCommand<GlobalFlags, [string], CliContext>({
    docs: { brief: t("Copy a model file of yours to Hearth's folder") },
    parameters: {
      flags: globalFlags(localizer),
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
          const { name, path, bytes, record } = await this.models.folder.import(
            from,
            { onProgress, at: new Date(), maxGigabytes },
            this.signal,
          );
          const text = visibleText(t("Imported {0} ({1}) as embedded/{2}.", from, byteSize(bytes), name));
          return { kind: "done", json: { name, path, bytes, sha256: record?.sha256 }, text };
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
          const lines = removed.map((path) => visibleText(t("Removed {0}.", path)));
          return { kind: "done", json: { removed }, text: lines.join("\n") };
        }),
      );
    },
  });
}
