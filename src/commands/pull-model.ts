/** `hearth.pullModel`: fetches a model that was named, or one chosen from a list. */

import * as vscode from "vscode";
import type { ModelsResult } from "../../server/protocol/models.ts";
import { hostOf } from "../editor/sizes.ts";
import type { Command, Hearth } from "../hearth.ts";
import { pullChoices } from "../setup/pull-choices.ts";

export const pullModel: Command = {
  id: "hearth.pullModel",
  run: async (hearth, name) => {
    if (typeof name === "string" && name !== "") void hearth.modelSetup.fetch(name);
    else await chooseAndFetch(hearth);
  },
};

/** What was chosen is fetched in the background: the command ends before. */
async function chooseAndFetch({ modelSetup, models }: Hearth): Promise<void> {
  const found = models();
  const offered: Promise<readonly Item[]> = found.then((result) => (result ? items(result) : []));
  const options = {
    title: vscode.l10n.t("Fetch a model"),
    matchOnDescription: true,
    matchOnDetail: true,
  };
  const picked = await vscode.window.showQuickPick<Item>(offered, options);
  const result = await found;
  if (!picked || !result) return;
  if (picked.name !== "") void modelSetup.fetch(picked.name, { host: hostOf(result.source) });
  else if (picked.other) await askForName({ modelSetup });
}

interface Item extends vscode.QuickPickItem {
  readonly name: string;
  readonly other?: true;
}

function items(result: ModelsResult): readonly Item[] {
  const { t } = vscode.l10n;
  const groups = pullChoices(result, t).flatMap(({ title, choices }) => [separator(title), ...choices]);
  const other: Item = {
    name: "",
    other: true,
    label: t("Another one, by its name…"),
    detail: t("a file or a quantisation of a repository at {0}", hostOf(result.source)),
  };
  return [...groups, separator(""), other];
}

function separator(label: string): Item {
  return { name: "", label, kind: vscode.QuickPickItemKind.Separator };
}

async function askForName({ modelSetup }: Pick<Hearth, "modelSetup">): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t("Fetch a model"),
    prompt: "OWNER/REPOSITORY:Q4_K_M, OWNER/REPOSITORY/FILE.gguf",
    ignoreFocusOut: true,
  });
  if (name?.trim()) void modelSetup.fetch(name.trim());
}
