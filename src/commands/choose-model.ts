/** `hearth.chooseModel`: which model completes; written to `hearth.roles.complete`. */

import * as vscode from "vscode";
import { parseRole, type Role } from "../../server/protocol/role.ts";
import type { Command } from "../hearth.ts";

const builtIn = "builtin/ngram";

export const chooseModel: Command = {
  id: "hearth.chooseModel",
  run: async () => {
    const settings = vscode.workspace.getConfiguration("hearth.roles");
    const picked = await vscode.window.showQuickPick(choices(parseRole(settings.get("complete", "auto"))), {
      title: vscode.l10n.t("Choose the model that completes code"),
    });
    const value = await picked?.value();
    if (value !== undefined) await settings.update("complete", value, vscode.ConfigurationTarget.Global);
  },
};

interface Choice extends vscode.QuickPickItem {
  /** The setting's new value; undefined when the person went back. */
  readonly value: () => PromiseLike<string | undefined>;
}

function choices(current: Role): readonly Choice[] {
  const { t } = vscode.l10n;
  const mark = (kind: Role["kind"]) => (kind === current.kind ? "$(check) " : "");
  return [
    {
      label: `${mark("auto")}${t("Automatic")}`,
      description: t("the best that is there"),
      value: async () => "auto",
    },
    {
      label: `${mark("builtin")}${t("Built in")}`,
      description: t("learns from this workspace; nothing to download"),
      value: async () => builtIn,
    },
    {
      label: `${mark("embedded")}${t("A GGUF file on this machine…")}`,
      description: current.kind === "embedded" ? current.model : "",
      value: chooseFile,
    },
  ];
}

async function chooseFile(): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t("Choose a GGUF file"),
    openLabel: vscode.l10n.t("Use this model"),
    filters: { GGUF: ["gguf"] },
  });
  const [file] = chosen ?? [];
  return file && `embedded/${file.fsPath}`;
}
