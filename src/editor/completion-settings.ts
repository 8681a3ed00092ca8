/** Reads and writes the two settings that turn completion on and off, through the editor's own settings. */

import * as vscode from "vscode";
import { type Scope, type SwitchState, switchLanguage, toggleScope } from "./completion-switch.ts";
import type { SwitchTarget } from "./menu.ts";

export function readSwitch(): SwitchState {
  const settings = vscode.workspace.getConfiguration("hearth.completion");
  const inspected = settings.inspect<boolean>("enabled");
  return {
    enabled: settings.get<boolean>("enabled", true),
    enabledHere: inspected?.workspaceFolderValue ?? inspected?.workspaceValue,
    enabledEverywhere: inspected?.globalValue ?? inspected?.defaultValue ?? true,
    languages: settings.get<Record<string, boolean>>("languages", {}),
    language: vscode.window.activeTextEditor?.document.languageId,
  };
}

/** Turns completion on or off at the place that decides it now. Returns whether it is on afterwards. */
export async function toggleCompletion(): Promise<{ readonly enabled: boolean }> {
  const state = readSwitch();
  await writeEnabled({ enabled: !state.enabled, scope: toggleScope(state) });
  return { enabled: !state.enabled };
}

export async function switchCompletion(target: SwitchTarget): Promise<void> {
  const state = readSwitch();
  if (target === "workspace") {
    await writeEnabled({ enabled: !state.enabled, scope: "workspace" });
  } else if (target === "everywhere") {
    await writeEnabled({ enabled: !state.enabledEverywhere, scope: "everywhere" });
  } else if (state.language !== undefined) {
    const languages = switchLanguage(state.languages, state.language);
    const settings = vscode.workspace.getConfiguration("hearth.completion");
    await settings.update("languages", languages, vscode.ConfigurationTarget.Global);
  }
}

async function writeEnabled(change: { readonly enabled: boolean; readonly scope: Scope }): Promise<void> {
  const target =
    change.scope === "workspace" ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration("hearth.completion").update("enabled", change.enabled, target);
}
