/** Where settings come from outside an editor: the person's file, a file named for one run, and `--set`. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { jsonErrorOffset } from "./json-error-offset.ts";
import { type ResolvedSettings, resolveSettings, type SettingsLayer } from "./resolve-settings.ts";
import { isSettingKey, schema } from "./schema.ts";
import { editorOrigin, type SettingProblem } from "./setting-problem.ts";

export interface SettingsSources {
  /** HEARTH_HOME; its settings.json may be missing. */
  readonly home: string;
  /** The file of `--settings`; it must be there. */
  readonly file?: string;
  /** What an editor sends, lowest first: initializationOptions.settings, workspace/configuration. */
  readonly editor?: readonly unknown[];
  /** Each `key=value` of `--set`. */
  readonly assignments?: readonly string[];
}

/** Defaults < HEARTH_HOME/settings.json < the named file < the editor < `--set`. */
export async function loadSettings(sources: SettingsSources): Promise<ResolvedSettings> {
  const read = [await readSettingsFile(join(sources.home, "settings.json"), { mayBeMissing: true })];
  if (sources.file !== undefined) read.push(await readSettingsFile(sources.file, { mayBeMissing: false }));
  for (const values of sources.editor ?? []) {
    // An editor that has nothing to say sends null.
    if (values !== null) read.push({ layers: [{ origin: editorOrigin, values }], problems: [] });
  }
  read.push(readAssignments(sources.assignments ?? []));
  const resolved = resolveSettings(read.flatMap(({ layers }) => layers));
  return { ...resolved, problems: [...read.flatMap(({ problems }) => problems), ...resolved.problems] };
}

interface ReadLayers {
  readonly layers: readonly SettingsLayer[];
  readonly problems: readonly SettingProblem[];
}

async function readSettingsFile(
  path: string,
  { mayBeMissing }: { readonly mayBeMissing: boolean },
): Promise<ReadLayers> {
  let content: string;
  try {
    content = await readFile(path, "utf8");
  } catch (error) {
    const reason = codeOf(error);
    if (mayBeMissing && (reason === "ENOENT" || reason === "ENOTDIR")) return { layers: [], problems: [] };
    return { layers: [], problems: [{ kind: "unreadable", origin: path, reason }] };
  }
  const text = content.replace(/^\uFEFF/, "");
  const offset = jsonErrorOffset(text);
  if (offset === undefined) return { layers: [{ origin: path, values: JSON.parse(text) }], problems: [] };
  const before = text.slice(0, offset).split("\n");
  const position = { line: before.length, column: (before.at(-1) ?? "").length + 1 };
  return { layers: [], problems: [{ kind: "broken-json", origin: path, ...position }] };
}

function readAssignments(assignments: readonly string[]): ReadLayers {
  const problems: SettingProblem[] = [];
  const values: (readonly [string, unknown])[] = [];
  for (const text of assignments) {
    const equals = text.indexOf("=");
    if (equals > 0)
      values.push([text.slice(0, equals), valueOf(text.slice(0, equals), text.slice(equals + 1))]);
    else problems.push({ kind: "no-value", origin: "--set", text });
  }
  return { layers: [{ origin: "--set", values: Object.fromEntries(values) }], problems };
}

/** JSON where it is JSON; the bare text where that is what the setting takes. */
function valueOf(name: string, text: string): unknown {
  if (jsonErrorOffset(text) !== undefined) return text;
  const value: unknown = JSON.parse(text);
  const key = name.replace(/^hearth\./, "");
  if (!isSettingKey(key)) return value;
  const { kind } = schema[key];
  return kind.parse(value) === undefined && kind.parse(text) !== undefined ? text : value;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
