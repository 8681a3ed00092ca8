/** Whether completion is on for a file, and which settings turn it on or off here, for a language or everywhere. */

export type Scope = "workspace" | "everywhere";

/** By language; `*` is for those that have no entry. */
export type LanguageSwitches = Readonly<Record<string, boolean>>;

/** What is set for `hearth.completion.enabled` and `hearth.completion.languages`. */
export interface SwitchState {
  readonly enabled: boolean;
  /** Set in the workspace's own settings; undefined when it follows the person's settings. */
  readonly enabledHere: boolean | undefined;
  readonly enabledEverywhere: boolean;
  readonly languages: LanguageSwitches;
  /** Of `languages`, what the workspace's own settings say. */
  readonly languagesHere: LanguageSwitches;
  /** Of `languages`, what the person's settings say. */
  readonly languagesEverywhere: LanguageSwitches;
  /** The language of the active editor. */
  readonly language: string | undefined;
}

export interface LanguageChange {
  readonly scope: Scope;
  readonly languages: LanguageSwitches;
}

export type Switch = "on" | "off" | "off-for-language";

export function switchOf(state: SwitchState): Switch {
  if (!state.enabled) return "off";
  return isLanguageOn(state.languages, state.language) ? "on" : "off-for-language";
}

/** The scope whose change decides: the workspace's own value where there is one, else the person's. */
export function toggleScope(state: SwitchState): Scope {
  return state.enabledHere === undefined ? "everywhere" : "workspace";
}

export function isLanguageOn(languages: LanguageSwitches, language: string | undefined): boolean {
  const own = language === undefined ? undefined : languages[language];
  return own ?? languages["*"] ?? true;
}

/** Where the entry that decides about `language` stands, and what that place says after it was switched. */
export function switchLanguage(state: SwitchState, language: string): LanguageChange {
  const entry = language in state.languages ? language : "*";
  const scope = entry in state.languagesHere ? "workspace" : "everywhere";
  const own = scope === "workspace" ? state.languagesHere : state.languagesEverywhere;
  return { scope, languages: { ...own, [language]: !isLanguageOn(state.languages, language) } };
}
