/**
 * `hearth.eraseData`: takes away what Hearth keeps on this machine, as `hearth erase` does, and by it.
 *
 * Invariant: nothing is erased before the person has confirmed a question that names the folder and its bytes.
 */

import * as vscode from "vscode";
import { type CliAnswer, runCli } from "../client/run-cli.ts";
import { fileSize } from "../editor/sizes.ts";
import type { Command, Hearth } from "../hearth.ts";
import { type EraseLook, readEraseLook } from "./erase-look.ts";

export const eraseData: Command = {
  id: "hearth.eraseData",
  run: async (hearth) => {
    const { t } = vscode.l10n;
    const looked = await withProgress(t("Hearth is counting what it keeps"), () =>
      erase(hearth, "--dry-run"),
    );
    if (looked.kind === "failed") return tellFailure(looked);
    const look = readEraseLook(looked.value);
    if (look.entries.length === 0) {
      await vscode.window.showInformationMessage(t("Hearth keeps nothing in {0}.", look.home));
      return;
    }
    if (!(await confirmed(look))) return;
    const erased = await withProgress(t("Hearth is erasing what it keeps"), () => eraseAll(hearth));
    if (erased.kind === "failed") return tellFailure(erased);
    await vscode.window.showInformationMessage(
      t("{0} were erased. Hearth begins anew.", fileSize(look.bytes)),
    );
  },
};

/** The server writes there, so it ends first; it starts anew whatever came of it. */
async function eraseAll(hearth: Hearth): Promise<CliAnswer> {
  await hearth.host.stop();
  try {
    const answer = await erase(hearth, "--yes");
    if (answer.kind === "done") await hearth.apiKey.forget();
    return answer;
  } finally {
    await hearth.host.start();
  }
}

function erase({ extensionUri }: Hearth, flag: string): Promise<CliAnswer> {
  const script = vscode.Uri.joinPath(extensionUri, "dist", "cli.js").fsPath;
  return runCli({ script, args: ["erase", flag], language: vscode.env.language });
}

async function confirmed({ home, bytes, entries, kept }: EraseLook): Promise<boolean> {
  const { t } = vscode.l10n;
  const detail = [
    t("{0} with {1} will be erased for good: {2}.", home, fileSize(bytes), entries.join(", ")),
    ...kept.map((path) => t("{0} stays: Hearth did not put it there.", path)),
    t("The API key that the editor keeps is erased too. The editor's own settings stay."),
  ].join("\n\n");
  const yes = t("Erase It");
  const question = t("Erase all that Hearth keeps on this machine?");
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}

function withProgress<T>(title: string, work: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, work);
}

async function tellFailure({ message, mend }: Extract<CliAnswer, { kind: "failed" }>): Promise<void> {
  await vscode.window.showErrorMessage([message, mend].filter((words) => words !== "").join(" "));
}
