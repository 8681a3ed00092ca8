/**
 * What the person has set, without the defaults: the server has its own, and `settings.json` in Hearth's
 * folder lies between the two.
 */

/** The places that a setting of scope machine or window can be set in. */
export interface Inspected {
  readonly globalValue?: unknown;
  readonly workspaceValue?: unknown;
}

/** The part of the editor's configuration object that is read here; keys are without the `hearth.` prefix. */
export interface ReadableSettings {
  get(key: string): unknown;
  inspect(key: string): Inspected | undefined;
}

/** Keys as `completion.enabled`; a key that nobody set is left out. */
export function explicitSettings(
  settings: ReadableSettings,
  keys: readonly string[],
): Readonly<Record<string, unknown>> {
  const set = keys.filter((key) => isSet(settings.inspect(key)));
  return Object.fromEntries(set.map((key) => [key, settings.get(key)]));
}

/** The keys of `contributes.configuration` in a manifest, without the `hearth.` prefix. */
export function settingKeys(manifest: unknown): readonly string[] {
  const configuration = field(field(manifest, "contributes"), "configuration");
  const sections = Array.isArray(configuration) ? configuration : [configuration];
  return sections
    .flatMap((section) => Object.keys(field(section, "properties") ?? {}))
    .filter((key) => key.startsWith("hearth."))
    .map((key) => key.slice("hearth.".length));
}

function isSet(inspected: Inspected | undefined): boolean {
  return inspected?.globalValue !== undefined || inspected?.workspaceValue !== undefined;
}

function field(value: unknown, name: string): object | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const found: unknown = Reflect.get(value, name);
  return typeof found === "object" && found !== null ? found : undefined;
}
