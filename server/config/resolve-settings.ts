/**
 * Settings from their layers, lowest first. What is wrong is never thrown and never silent: a value of the
 * wrong type and an unknown key come back as problems, and the value below them holds.
 */

import { isObject } from "./kinds.ts";
import {
  isSettingKey,
  type SettingKey,
  type Settings,
  schema,
  settingKeys,
  withoutPrefix,
} from "./schema.ts";
import type { SettingProblem } from "./setting-problem.ts";

export interface SettingsLayer {
  /** Where the values stand, as a person would name it: a path, `--set`, the editor. */
  readonly origin: string;
  /** Nested objects, dotted keys, or both. */
  readonly values: unknown;
  /** Whether keys may begin with `hearth.`, as they do in an editor. Elsewhere that is a slip. */
  readonly prefix?: "allowed";
}

export interface ResolvedSettings {
  readonly settings: Settings;
  /** Where each value that is not the default came from. */
  readonly origins: ReadonlyMap<SettingKey, string>;
  readonly problems: readonly SettingProblem[];
}

export function resolveSettings(layers: readonly SettingsLayer[]): ResolvedSettings {
  const values = new Map<SettingKey, unknown>();
  const origins = new Map<SettingKey, string>();
  const problems: SettingProblem[] = [];
  for (const { origin, values: layer, prefix } of layers) {
    if (!isObject(layer)) {
      problems.push({ kind: "not-an-object", origin });
      continue;
    }
    for (const [written, value] of entriesOf(layer, "")) {
      const key = withoutPrefix(written);
      if (!isSettingKey(key)) {
        problems.push({ kind: "unknown-key", origin, key: prefix ? key : written });
        continue;
      }
      if (key !== written && !prefix) {
        problems.push({ kind: "prefixed-key", origin, written, key });
        continue;
      }
      const parsed = schema[key].kind.parse(value);
      if (parsed === undefined) {
        problems.push({ kind: "wrong-type", origin, key, found: value });
        continue;
      }
      values.set(key, parsed);
      origins.set(key, origin);
    }
  }
  return { settings: settingsOf(values), origins, problems };
}

export const defaultSettings: Settings = settingsOf(new Map());

/** Keys as they are written, and values, an object of a setting kept whole and any other object walked into. */
function* entriesOf(
  object: Readonly<Record<string, unknown>>,
  path: string,
): Generator<readonly [key: string, value: unknown]> {
  for (const [name, value] of Object.entries(object)) {
    const written = path === "" ? name : `${path}.${name}`;
    const key = withoutPrefix(written);
    if (isSettingKey(key)) {
      // An editor sends null for what is not set.
      if (value !== null && value !== undefined) yield [written, value];
    } else if (isObject(value) && isPrefix(key)) yield* entriesOf(value, written);
    else yield [written, value];
  }
}

function isPrefix(key: string): boolean {
  return key === "hearth" || settingKeys.some((known) => known.startsWith(`${key}.`));
}

/** Each value was checked by its own kind, or is the default of its key. */
function settingsOf(values: ReadonlyMap<SettingKey, unknown>): Settings {
  const settings = Object.fromEntries(
    settingKeys.map((key) => [key, values.get(key) ?? schema[key].default]),
  );
  if (!isSettings(settings)) throw new Error("a setting has no value");
  return settings;
}

function isSettings(value: object): value is Settings {
  return settingKeys.every((key) => Object.hasOwn(value, key));
}
