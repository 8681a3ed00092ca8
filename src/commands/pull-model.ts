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
async function chooseAndFetch(hearth: Hearth): Promise<void> {
  const { t } = vscode.l10n;
  const host = hostOf(vscode.workspace.getConfiguration("hearth").get("models.source", ""));
  const options = {
    title: t("Fetch a model from {0}", host),
    matchOnDescription: true,
    matchOnDetail: true,
    // The walkthrough takes the focus when it is drawn, and the list is not to go for that.
    ignoreFocusOut: true,
  };
  const offered: Promise<readonly Item[]> = hearth.models().then((found) => items(found));
  const picked = await vscode.window.showQuickPick<Item>(offered, options);
  if (picked?.other) await askForName(hearth);
  else if (picked) void hearth.modelSetup.fetch(picked.name, { host });
}

interface Item extends vscode.QuickPickItem {
  readonly name: string;
  readonly other?: true;
}

/** The way to any other one stands before the long lists. */
function items(found: ModelsResult | undefined): readonly Item[] {
  const { t } = vscode.l10n;
  const [first = [], ...rest] = (found ? pullChoices(found, t) : []).map(({ title, choices }) => [
    separator(title),
    ...choices,
  ]);
  // What is typed may be in no list.
  const other: Item = { name: "", other: true, alwaysShow: true, label: t("Another one, by its name…") };
  return [...first, separator(""), other, ...rest.flat()];
}

function separator(label: string): Item {
  return { name: "", label, kind: vscode.QuickPickItemKind.Separator };
}

async function askForName({ modelSetup }: Pick<Hearth, "modelSetup">): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t("Fetch a model by its name"),
    prompt: "OWNER/REPOSITORY:Q4_K_M, OWNER/REPOSITORY/FILE.gguf",
    ignoreFocusOut: true,
  });
  if (name?.trim()) void modelSetup.fetch(name.trim());
}
