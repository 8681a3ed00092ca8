/** `hearth.showMenu`: the status item's menu, as a list that the keyboard reaches. */

import * as vscode from "vscode";
import { readSwitch, switchCompletion } from "../editor/completion-settings.ts";
import { type MenuAction, type MenuGroup, menuGroups } from "../editor/menu.ts";
import type { Command } from "../hearth.ts";
import type { Pulls } from "../setup/pulls.ts";

export const showMenu: Command = {
  id: "hearth.showMenu",
  run: async ({ view, pulls }) => {
    const facts = {
      view: view(),
      completion: readSwitch(),
      hasWorkspace: vscode.workspace.workspaceFolders !== undefined,
      pulls: pulls.running,
    };
    const items = menuGroups(facts, vscode.l10n.t).flatMap(toItems);
    const picked = await vscode.window.showQuickPick(items, { title: `Hearth: ${facts.view.sentence}` });
    if (picked && "action" in picked) await perform(picked.action, pulls);
  },
};

type MenuItem = vscode.QuickPickItem & { readonly action?: MenuAction };

function toItems(group: MenuGroup): readonly MenuItem[] {
  const separator = { label: group.title, kind: vscode.QuickPickItemKind.Separator };
  const entries = group.entries.map(({ icon, label, ...rest }) => ({
    label: `$(${icon}) ${label}`,
    ...rest,
  }));
  return [separator, ...entries];
}

async function perform(action: MenuAction | undefined, pulls: Pulls): Promise<void> {
  switch (action?.kind) {
    case "command":
      return vscode.commands.executeCommand(action.command, action.argument);
    case "switch":
      return switchCompletion(action.what);
    case "cancel-pull":
      return pulls.cancel(action.name);
    case undefined:
  }
}
