/** `hearth.doctor`: runs the server's checks and shows them as a page that nobody is asked to save. */

import * as vscode from "vscode";
import type { DoctorCheck, DoctorResult } from "../../server/protocol/doctor.ts";
import { doctorPage } from "../editor/doctor-page.ts";
import type { Command, Hearth } from "../hearth.ts";

const scheme = "hearth-doctor";

export const doctor: Command = {
  id: "hearth.doctor",
  run: async (hearth) => {
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t("Hearth is checking the installation"),
      cancellable: true,
    };
    const result = await vscode.window.withProgress(options, (_progress, token) => askServer(hearth, token));
    if (result) await showPage(doctorPage(result.checks, vscode.l10n.t));
  },
};

async function showPage(content: string): Promise<void> {
  const provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: () => content,
  });
  try {
    // A page of its own for each run: the editor would show the text of the page before.
    const page = vscode.Uri.from({ scheme, path: "/Hearth.md", query: String(Date.now()) });
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(page), { preview: true });
  } finally {
    provider.dispose();
  }
}

/** A server that does not run is itself the finding. Undefined when the person did not want to wait. */
async function askServer(
  { host }: Hearth,
  token: vscode.CancellationToken,
): Promise<DoctorResult | undefined> {
  if (host.running) {
    try {
      const result = await host.running.doctor(token);
      return token.isCancellationRequested ? undefined : result;
    } catch (error) {
      if (token.isCancellationRequested) return undefined;
      throw error;
    }
  }
  const check: DoctorCheck = {
    id: "server",
    state: "fail",
    found: vscode.l10n.t("The language server does not run."),
    why: vscode.l10n.t("It has not started, or it stopped. The log says more."),
    mend: vscode.l10n.t("Run the command “Hearth: Restart”."),
  };
  return { checks: [check] };
}
