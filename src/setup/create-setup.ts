/** Puts together what plans and fetches models in one window. */

import * as vscode from "vscode";
import type { ModelsResult } from "../../server/protocol/models.ts";
import type { ServerClient } from "../client/server-client.ts";
import type { StatusModel } from "../editor/status-model.ts";
import type { ErrorBoundary } from "../errors.ts";
import { ModelSetup } from "./model-setup.ts";
import { PlanPage } from "./plan-page.ts";
import type { PlanAction } from "./plan-view.ts";
import { Pulls } from "./pulls.ts";
import type { SetupSteps } from "./setup-steps.ts";

export interface SetupParts {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  readonly errors: ErrorBoundary;
  readonly status: StatusModel;
  readonly steps: SetupSteps;
  /** The server that can answer now. */
  readonly server: () => ServerClient | undefined;
}

export interface Setup {
  readonly pulls: Pulls;
  readonly modelSetup: ModelSetup;
  readonly planPage: PlanPage;
  readonly models: () => Promise<ModelsResult | undefined>;
}

export function createSetup({ extensionUri, log, errors, status, steps, server }: SetupParts): Setup {
  const models = async () => server()?.models(new AbortController().signal);
  const pulls = new Pulls({
    pull: async (name, signal) => {
      const running = server();
      if (!running) throw new Error("the language server does not run");
      return running.pull(name, signal);
    },
    onChange: () => {
      status.pullsBecame(pulls.running);
      planPage.refresh();
    },
    log: (message) => log.warn(message),
    t: vscode.l10n.t,
  });
  const modelSetup = new ModelSetup({
    pulls,
    errors,
    models,
    isBusy: () => status.server?.state === "busy",
    shownElsewhere: () => planPage.visible,
    onChange: () => void planPage.renew(),
  });
  const planPage = new PlanPage({
    extensionUri,
    log,
    ask: (signal) => {
      const running = server();
      if (!running) return undefined;
      return Promise.all([running.plan(signal), running.models(signal)]).then(([plan, found]) => ({
        plan,
        models: found,
      }));
    },
    facts: () => ({ complete: status.view.complete, pulls: pulls.running, failure: modelSetup.failure }),
    onAction: (action) => void perform(action, { pulls, modelSetup, planPage }),
    onPlanned: () => steps.planned(),
  });
  return { pulls, modelSetup, planPage, models };
}

async function perform(
  action: PlanAction,
  { pulls, modelSetup, planPage }: Omit<Setup, "models">,
): Promise<void> {
  switch (action.kind) {
    case "fetch":
      return modelSetup.fetch(action.name, planPage.seen);
    case "cancel":
      return pulls.cancel(action.name);
    case "use":
      return modelSetup.use(action.name);
    case "choose":
      return vscode.commands.executeCommand("hearth.chooseModel");
    case "prices":
      return vscode.commands.executeCommand("hearth.openSettings", "plan.prices");
    case "other":
      return vscode.commands.executeCommand("hearth.pullModel");
    case "again":
    case "stop":
  }
}
