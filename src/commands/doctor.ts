/** `hearth.doctor`: runs the server's checks and shows them as a page that nobody is asked to save. */

import * as vscode from "vscode";
import type { DoctorCheck, DoctorResult } from "../../server/protocol/doctor.ts";
import { doctorPage } from "../editor/doctor-page.ts";
import type { Command, Hearth } from "../hearth.ts";

const scheme = "hearth-doctor";

export const doctor: Command = {
  id: "hearth.doctor",
  run: async (hearth) => {
    const result = await askServer(hearth);
    const content = doctorPage(result.checks, vscode.l10n.t);
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
  },
};

/** A server that does not run is itself the finding. */
async function askServer({ host }: Hearth): Promise<DoctorResult> {
  if (host.running) return host.running.doctor();
  const check: DoctorCheck = {
    id: "server",
    state: "fail",
    found: vscode.l10n.t("The language server does not run."),
    why: vscode.l10n.t("It has not started, or it stopped. The log says more."),
    mend: vscode.l10n.t("Run the command “Hearth: Restart”."),
  };
  return { checks: [check] };
}
