/**
 * Fetches a model for a person and makes it answer: asks for what leaves the machine, tells how it ended in one
 * place, and binds the role where that takes a decision.
 *
 * Invariant: nothing is fetched that was not confirmed in a question with its hosts, bytes and licence.
 */

import * as vscode from "vscode";
import type { ConfirmFetchParams, ModelsResult, PullResult } from "../../server/protocol/models.ts";
import type { ErrorBoundary } from "../errors.ts";
import type { PullFailure } from "./plan-view.ts";
import type { Pulls } from "./pulls.ts";

export interface ModelSetupOptions {
  readonly pulls: Pulls;
  readonly errors: ErrorBoundary;
  readonly models: () => Promise<ModelsResult | undefined>;
  /** Whether a model is loading. */
  readonly isBusy: () => boolean;
  /** Whether a person sees on a page how a pull has ended. */
  readonly shownElsewhere: () => boolean;
  readonly onChange: () => void;
}

/** What stood beside the button that began the pull. */
export interface Seen {
  /** The host that the person was told, beside bytes and licence. */
  readonly host: string;
}

export class ModelSetup {
  readonly #options: ModelSetupOptions;
  readonly #seen = new Map<string, Seen>();
  #failure: PullFailure | undefined;

  constructor(options: ModelSetupOptions) {
    this.#options = options;
  }

  /** Of the last pull, until the next one of it. */
  get failure(): PullFailure | undefined {
    return this.#failure;
  }

  /** Resolves when it has ended, however that was. */
  async fetch(name: string, seen?: Seen): Promise<void> {
    const { pulls, onChange } = this.#options;
    if (pulls.has(name)) return;
    if (this.#failure?.name === name) this.#failure = undefined;
    if (seen) this.#seen.set(name, seen);
    const result = await pulls.run(name);
    this.#seen.delete(name);
    await this.#tell(name, result);
    onChange();
  }

  /** The server's question, put to the person; no for what nobody here asked for. */
  async confirm(question: ConfirmFetchParams): Promise<boolean> {
    const { kind, name, hosts, text } = question;
    if (!this.#options.pulls.has(name)) return false;
    const host = this.#seen.get(name)?.host;
    if (kind === "look-up" && host !== undefined && hosts.every((asked) => asked === host)) return true;
    const { t } = vscode.l10n;
    const [title, yes] =
      kind === "look-up"
        ? [t("Ask {0} about this model?", hosts.join(", ")), t("Ask It")]
        : [
            t("Fetch this model?"),
            question.licenceAccepted ? t("Fetch It") : t("Accept the Licence and Fetch"),
          ];
    return (await vscode.window.showInformationMessage(title, { modal: true, detail: text }, yes)) === yes;
  }

  async use(model: string): Promise<void> {
    const settings = vscode.workspace.getConfiguration("hearth.roles");
    await settings.update("complete", model, vscode.ConfigurationTarget.Global);
  }

  async #tell(name: string, { outcome, model, error }: PullResult): Promise<void> {
    switch (outcome) {
      case "declined":
      case "cancelled":
        return;
      case "failed":
        return this.#tellFailure({ name, message: error?.message ?? "", mend: error?.mend ?? "" });
      case "fetched":
      case "there":
        vscode.window.setStatusBarMessage(vscode.l10n.t("Hearth: {0} is here.", model ?? name), 5000);
        if (model !== undefined) await this.#offerToUse(model);
    }
  }

  async #tellFailure(failure: PullFailure): Promise<void> {
    const { errors, shownElsewhere } = this.#options;
    this.#failure = failure;
    if (shownElsewhere()) return;
    const { t } = vscode.l10n;
    const cause = `pull:${failure.name}`;
    // It was asked for again, so it is told again.
    errors.mended(cause);
    await errors.report({
      cause,
      message: [t("{0} was not fetched.", failure.name), failure.message, failure.mend].join(" "),
      mends: [{ title: t("Try Again"), run: () => this.fetch(failure.name) }],
    });
  }

  /** A role that waited for it has it by now; what else is bound stays, unless the person says so. */
  async #offerToUse(model: string): Promise<void> {
    const found = await this.#options.models();
    const here = found?.models.find(({ name }) => name === model);
    if (!here?.fits.includes("complete") || here.usedBy.includes("complete")) return;
    const role = vscode.workspace.getConfiguration("hearth.roles").get("complete", "auto");
    if (role === model || this.#options.isBusy()) return;
    const planned = found?.catalogue.some((offer) => offer.here === model && offer.planned === "complete");
    if (planned && this.#options.shownElsewhere()) return;
    const { t } = vscode.l10n;
    const yes = t("Use It");
    const picked = await vscode.window.showInformationMessage(
      t("{0} is here. Something else completes code now.", model),
      yes,
    );
    if (picked === yes) await this.use(model);
  }
}
