/** The shape of `vscode.l10n.t`, so that what it translates can be tested without an editor. */

export type Translate = (sentence: string, ...values: readonly (string | number)[]) => string;
