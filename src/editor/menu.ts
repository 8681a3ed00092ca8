/** What the status item's menu offers, as data: groups of entries, each with what pressing it does. */

import { type RunningPull, shortName } from "../setup/pulls.ts";
import type { Translate } from "../translate.ts";
import { isLanguageOn, type SwitchState } from "./completion-switch.ts";
import type { RoleLine, StatusView } from "./status-view.ts";

export type SwitchTarget = "workspace" | "language" | "everywhere";

export type MenuAction =
  | { readonly kind: "command"; readonly command: string; readonly argument?: string }
  | { readonly kind: "switch"; readonly what: SwitchTarget }
  | { readonly kind: "cancel-pull"; readonly name: string };

export interface MenuEntry {
  readonly icon: string;
  readonly label: string;
  readonly description: string;
  /** A line below. */
  readonly detail?: string;
  readonly action: MenuAction;
}

export interface MenuGroup {
  readonly title: string;
  readonly entries: readonly MenuEntry[];
}

export interface MenuFacts {
  readonly view: StatusView;
  readonly completion: SwitchState;
  readonly hasWorkspace: boolean;
  readonly pulls: readonly RunningPull[];
}

export function menuGroups(facts: MenuFacts, t: Translate): readonly MenuGroup[] {
  const groups = [
    { title: facts.view.sentence, entries: mendEntries(facts) },
    { title: t("Completion"), entries: completionEntries(facts, t) },
    { title: t("Models and runtime"), entries: modelEntries(facts, t) },
    { title: t("Work"), entries: workEntries(facts, t) },
    { title: t("Help"), entries: helpEntries(t) },
  ];
  return groups.filter((group) => group.entries.length > 0);
}

function mendEntries({ view }: MenuFacts): readonly MenuEntry[] {
  return view.mend ? [commandEntry("tools", view.mend.title, view.mend.command)] : [];
}

function completionEntries({ completion, hasWorkspace }: MenuFacts, t: Translate): readonly MenuEntry[] {
  const { language } = completion;
  const entries: MenuEntry[] = [];
  if (hasWorkspace) {
    entries.push(
      completion.enabled
        ? offEntry(t("Turn off in this workspace"), "workspace")
        : onEntry(t("Turn on in this workspace"), "workspace"),
    );
  }
  if (language !== undefined && completion.enabled) {
    entries.push(
      isLanguageOn(completion.languages, language)
        ? offEntry(t("Turn off for {0}", language), "language")
        : onEntry(t("Turn on for {0}", language), "language"),
    );
  }
  entries.push(
    completion.enabledEverywhere
      ? offEntry(t("Turn off everywhere"), "everywhere")
      : onEntry(t("Turn on everywhere"), "everywhere"),
  );
  return entries;
}

function modelEntries({ view }: MenuFacts, t: Translate): readonly MenuEntry[] {
  return [
    ...view.roles.map((line) => roleEntry(line, t)),
    commandEntry("arrow-swap", t("Choose a model…"), "hearth.chooseModel"),
    commandEntry("server", t("What this machine can run"), "hearth.plan"),
    commandEntry("cloud-download", t("Fetch a model…"), "hearth.pullModel"),
  ];
}

const roleIcons = { complete: "flame", reason: "comment-discussion", embed: "search" } as const;
const roleCommands = {
  complete: "hearth.chooseModel",
  reason: "hearth.openSettings",
  embed: "hearth.plan",
} as const;

/** Pressed, it mends what is wrong with the role, or changes who has it. */
function roleEntry({ role, name, text, trouble, mend }: RoleLine, t: Translate): MenuEntry {
  const command = mend?.command ?? roleCommands[role];
  const argument = command === "hearth.openSettings" ? { argument: `roles.${role}` } : {};
  return {
    icon: trouble === "" ? roleIcons[role] : "warning",
    label: name,
    description: text,
    ...(trouble === "" ? {} : { detail: mend ? t("{0}: {1}", mend.title, trouble) : trouble }),
    action: { kind: "command", command, ...argument },
  };
}

function workEntries({ pulls }: MenuFacts, t: Translate): readonly MenuEntry[] {
  return pulls.map(({ name, text }) => ({
    icon: "close",
    label: t("Cancel the download of {0}", shortName(name)),
    description: text,
    action: { kind: "cancel-pull", name },
  }));
}

function helpEntries(t: Translate): readonly MenuEntry[] {
  return [
    commandEntry("rocket", t("Set up Hearth"), "hearth.setup"),
    commandEntry("pulse", t("Check the installation"), "hearth.doctor"),
    commandEntry("output", t("Show the log"), "hearth.showLog"),
    commandEntry("refresh", t("Restart the language server"), "hearth.restart"),
    commandEntry("settings-gear", t("Settings"), "hearth.openSettings"),
  ];
}

function commandEntry(icon: string, label: string, command: string): MenuEntry {
  return { icon, label, description: "", action: { kind: "command", command } };
}

function offEntry(label: string, what: SwitchTarget): MenuEntry {
  return { icon: "circle-slash", label, description: "", action: { kind: "switch", what } };
}

function onEntry(label: string, what: SwitchTarget): MenuEntry {
  return { icon: "check", label, description: "", action: { kind: "switch", what } };
}
