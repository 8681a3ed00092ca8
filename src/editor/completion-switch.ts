/** Whether completion is on for a file, and which settings turn it on or off here, for a language or everywhere. */

export type Scope = "workspace" | "everywhere";

/** What is set for `hearth.completion.enabled` and `hearth.completion.languages`. */
export interface SwitchState {
  readonly enabled: boolean;
  /** Set in the workspace's own settings; undefined when it follows the person's settings. */
  readonly enabledHere: boolean | undefined;
  readonly enabledEverywhere: boolean;
  readonly languages: Readonly<Record<string, boolean>>;
  /** The language of the active editor. */
  readonly language: string | undefined;
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

export function isLanguageOn(
  languages: Readonly<Record<string, boolean>>,
  language: string | undefined,
): boolean {
  const own = language === undefined ? undefined : languages[language];
  return own ?? languages["*"] ?? true;
}

/** The new value of `hearth.completion.languages` after `language` was switched. */
export function switchLanguage(
  languages: Readonly<Record<string, boolean>>,
  language: string,
): Readonly<Record<string, boolean>> {
  return { ...languages, [language]: !isLanguageOn(languages, language) };
}
