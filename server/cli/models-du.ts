/** `hearth models du`: what Hearth takes on disk. */

import { join } from "node:path";
import { buildCommand, type Command } from "@stricli/core";
import { byteSize } from "../base/byte-size.ts";
import type { Localizer } from "../base/l10n.ts";
import { diskUse } from "../fetch/disk-use.ts";
import type { CliContext } from "./cli-context.ts";
import type { Outcome } from "./failure.ts";
import { type GlobalFlags, globalFlags } from "./global-flags.ts";
import { runVerb } from "./run-verb.ts";
import { visibleText } from "./visible-text.ts";

export function duCommand(localizer: Localizer): Command<CliContext> {
  return buildCommand<GlobalFlags, [], CliContext>({
    docs: { brief: localizer.t("Say what models, indexes and the rest take on disk") },
    parameters: { flags: globalFlags(localizer) },
    func(flags) {
      return runVerb({ context: this, json: flags.json }, () => du(this));
    },
  });
}

/** What lies in the folder of models one by one, all else by folder. */
async function du({ home, localizer }: CliContext): Promise<Outcome> {
  const [folders, files] = await Promise.all([diskUse(home), diskUse(join(home, "models"))]);
  // What is known of a model lies in a small file beside it.
  const models = files.filter(({ name }) => !name.endsWith(".gguf.json"));
  const bytes = folders.reduce((sum, use) => sum + use.bytes, 0);
  const text = [
    ...folders.flatMap((use) => [
      ...(use.bytes > 0 ? [line(use.bytes, use.name)] : []),
      ...(use.name === "models" ? models.map((model) => line(model.bytes, `  ${model.name}`)) : []),
    ]),
    line(bytes, localizer.t("in all, in {0}", home)),
  ];
  return { kind: "done", json: { home, bytes, folders, models }, text: text.join("\n") };
}

function line(size: number, name: string): string {
  return `${byteSize(size).padStart(8)}  ${visibleText(name)}`;
}
