/** The doctor's page as data: what fails first, each with why, what mends it, and a button for what a click can do. */

import type { DoctorCheck, MendAction, MendCommand } from "../../server/protocol/doctor.ts";
import type { Translate } from "../translate.ts";
import type { Finding, PageButton, PageView } from "../webview/page-view.ts";
import { doctorOrder, stateWords } from "./doctor-text.ts";

export interface DoctorFacts {
  readonly checks: readonly DoctorCheck[];
  /** The checks run; what is shown was found before. */
  readonly running: boolean;
}

export const doctorButtons = { again: "again", stop: "stop", copy: "copy" } as const;

export function doctorView({ checks, running }: DoctorFacts, t: Translate): PageView {
  const again = checks.length === 0 ? [] : [{ id: doctorButtons.copy, title: t("Copy as Text") }];
  return {
    title: t("Hearth Doctor"),
    lead: checks.length === 0 ? [] : [summary(checks, t)],
    busy: running ? t("Looking at this machine…") : "",
    buttons: running
      ? [{ id: doctorButtons.stop, title: t("Cancel") }]
      : [{ id: doctorButtons.again, title: t("Run Again"), main: true }, ...again],
    blocks: doctorOrder.flatMap((state) =>
      checks.filter((check) => check.state === state).map((check) => finding(check, t)),
    ),
  };
}

/** What a button of the page mends; undefined for another button. */
export function mendOf(id: string, checks: readonly DoctorCheck[]): MendAction | undefined {
  return checks.flatMap((check) => actionsOf(check)).find((action) => action.id === id)?.action;
}

function summary(checks: readonly DoctorCheck[], t: Translate): string {
  const count = (state: DoctorCheck["state"]) => checks.filter((check) => check.state === state).length;
  const [fail, warn, ok] = doctorOrder.map(count);
  if (!fail && !warn) return t("All {0} checks are in order.", ok ?? 0);
  return t("{0} to mend, {1} worth a look, {2} in order.", fail ?? 0, warn ?? 0, ok ?? 0);
}

function finding(check: DoctorCheck, t: Translate): Finding {
  return {
    kind: "finding",
    key: check.id,
    state: check.state,
    stateWords: stateWords(check.state, t),
    name: nameOf(check.id, t),
    title: check.found,
    lines: [...check.why.split("\n"), check.mend].filter((line) => line !== ""),
    buttons: actionsOf(check).map(({ id, action }): PageButton => ({ id, title: action.title })),
  };
}

/** A check that has no name here is called as on the command line. */
function nameOf(id: string, t: Translate): string {
  const names: Readonly<Record<string, string>> = {
    node: "Node.js",
    home: t("Hearth's folder"),
    settings: t("Settings"),
    machine: t("Machine"),
    processor: t("Processor"),
    heat: t("Temperature"),
    wsl: "WSL",
    container: t("Container"),
    proxy: t("Proxy"),
    "gpu.driver": t("GPU driver"),
    "gpu.links": t("GPU links"),
    "gpu.build": t("Build of llama.cpp"),
    host: t("Runtime host"),
    estimate: t("Planned memory"),
    models: t("Models"),
    "roles.complete": t("Completion"),
    "roles.reason": t("Reasoning"),
    workspace: t("Workspace"),
    ollama: "Ollama",
    server: t("Language server"),
  };
  return names[id] ?? id;
}

const known: ReadonlySet<MendCommand> = new Set<MendCommand>([
  "hearth.openSettings",
  "hearth.chooseModel",
  "hearth.pullModel",
  "hearth.plan",
  "hearth.setApiKey",
  "hearth.restart",
  "hearth.showLog",
]);

/** A newer server may know more than can be done here. */
function actionsOf({ id, mendActions = [] }: DoctorCheck) {
  return mendActions
    .filter(({ command }) => known.has(command))
    .map((action, index) => ({ id: `mend:${id}:${index}`, action }));
}
