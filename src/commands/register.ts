/** Registers every command; one that fails says so once, with the log as its mend. */

import * as vscode from "vscode";
import type { Command, Hearth } from "../hearth.ts";
import { ask } from "./ask.ts";
import { chooseModel } from "./choose-model.ts";
import { complete } from "./complete.ts";
import { doctor } from "./doctor.ts";
import { eraseData } from "./erase-data.ts";
import { installCli } from "./install-cli.ts";
import { openSample } from "./open-sample.ts";
import { openSettings } from "./open-settings.ts";
import { plan } from "./plan.ts";
import { pullModel } from "./pull-model.ts";
import { restart } from "./restart.ts";
import { setApiKey } from "./set-api-key.ts";
import { setup } from "./setup.ts";
import { showLog } from "./show-log.ts";
import { showMenu } from "./show-menu.ts";
import { toggle } from "./toggle.ts";

const all: readonly Command[] = [
  toggle,
  complete,
  ask,
  setup,
  plan,
  pullModel,
  openSample,
  restart,
  setApiKey,
  showLog,
  showMenu,
  chooseModel,
  doctor,
  installCli,
  eraseData,
  openSettings,
];

export function registerCommands(hearth: Hearth): vscode.Disposable {
  return vscode.Disposable.from(...all.map((command) => register(command, hearth)));
}

function register({ id, run }: Command, hearth: Hearth): vscode.Disposable {
  return vscode.commands.registerCommand(id, (argument?: unknown) =>
    hearth.errors.guard(
      {
        cause: id,
        message: vscode.l10n.t("Hearth could not do this. The log says why."),
        mends: [{ title: vscode.l10n.t("Show Log"), run: () => hearth.log.show() }],
      },
      () => run(hearth, argument),
    ),
  );
}
