/** Reads and writes the two settings that turn completion on and off, through the editor's own settings. */

import * as vscode from "vscode";
import {
  type LanguageSwitches,
  type Scope,
  type SwitchState,
  switchLanguage,
  toggleScope,
} from "./completion-switch.ts";
import type { SwitchTarget } from "./menu.ts";

export function readSwitch(): SwitchState {
  const settings = vscode.workspace.getConfiguration("hearth.completion");
  const enabled = settings.inspect<boolean>("enabled");
  const languages = settings.inspect<LanguageSwitches>("languages");
  return {
    enabled: settings.get<boolean>("enabled", true),
    enabledHere: enabled?.workspaceValue,
    enabledEverywhere: enabled?.globalValue ?? enabled?.defaultValue ?? true,
    languages: settings.get<LanguageSwitches>("languages", {}),
    languagesHere: languages?.workspaceValue ?? {},
    languagesEverywhere: languages?.globalValue ?? {},
    language: vscode.window.activeTextEditor?.document.languageId,
  };
}

/** Turns completion on or off at the place that decides it now. Returns whether it is on afterwards. */
export async function toggleCompletion(): Promise<{ readonly enabled: boolean }> {
  const state = readSwitch();
  await write("enabled", !state.enabled, toggleScope(state));
  return { enabled: !state.enabled };
}

export async function switchCompletion(target: SwitchTarget): Promise<void> {
  const state = readSwitch();
  if (target === "workspace") {
    await write("enabled", !state.enabled, "workspace");
  } else if (target === "everywhere") {
    await write("enabled", !state.enabledEverywhere, "everywhere");
  } else if (state.language !== undefined) {
    const { scope, languages } = switchLanguage(state, state.language);
    await write("languages", languages, scope);
  }
}

async function write(key: "enabled" | "languages", value: unknown, scope: Scope): Promise<void> {
  const target =
    scope === "workspace" ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration("hearth.completion").update(key, value, target);
}
