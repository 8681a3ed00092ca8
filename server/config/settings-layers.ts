/** Where settings come from outside an editor: the person's file, a file named for one run, and `--set`. */

import { join } from "node:path";
import { readWholeFile } from "../base/regular-file.ts";
import { jsonErrorOffset } from "./json-error-offset.ts";
import { type ResolvedSettings, resolveSettings, type SettingsLayer } from "./resolve-settings.ts";
import { isSettingKey, schema } from "./schema.ts";
import { editorOrigin, type SettingProblem } from "./setting-problem.ts";

const mostBytes = 16 * 1024 * 1024;

export interface SettingsSources {
  /** HEARTH_HOME; its settings.json may be missing. */
  readonly home: string;
  /** The file of `--settings`; it must be there, and be no pipe. */
  readonly file?: string;
  /** What an editor sends, lowest first: initializationOptions.settings, workspace/configuration. */
  readonly editor?: readonly unknown[];
  /** Each `key=value` of `--set`. */
  readonly assignments?: readonly string[];
}

/** Defaults < HEARTH_HOME/settings.json < the named file < the editor < `--set`. */
export async function loadSettings(sources: SettingsSources): Promise<ResolvedSettings> {
  const read = [await readHomeFile(join(sources.home, "settings.json"))];
  if (sources.file !== undefined) read.push(await readNamedFile(sources.file));
  for (const values of sources.editor ?? []) {
    // An editor that has nothing to say sends null.
    if (values !== null)
      read.push({ layers: [{ origin: editorOrigin, values, prefix: "allowed" }], problems: [] });
  }
  read.push(readAssignments(sources.assignments ?? []));
  const resolved = resolveSettings(read.flatMap(({ layers }) => layers));
  return { ...resolved, problems: [...read.flatMap(({ problems }) => problems), ...resolved.problems] };
}

interface ReadLayers {
  readonly layers: readonly SettingsLayer[];
  readonly problems: readonly SettingProblem[];
}

/** It is read unasked, and need not be there. */
async function readHomeFile(path: string): Promise<ReadLayers> {
  return (await readSettingsFile(path)) ?? { layers: [], problems: [] };
}

async function readNamedFile(path: string): Promise<ReadLayers> {
  return (await readSettingsFile(path)) ?? wrong({ kind: "no-file", origin: path });
}

/** Undefined where nothing is. It may be anything: only what is a file of a sensible size is read. */
async function readSettingsFile(path: string): Promise<ReadLayers | undefined> {
  try {
    const read = await readWholeFile(path, mostBytes);
    switch (read.kind) {
      case "bytes":
        return layersOf(path, new TextDecoder().decode(read.bytes));
      case "not-a-file":
        return wrong({ kind: "not-a-file", origin: path });
      case "too-large":
        return wrong({ kind: "unreadable", origin: path, reason: "EFBIG" });
    }
  } catch (error) {
    const reason = codeOf(error);
    if (reason === "ENOENT" || reason === "ENOTDIR") return undefined;
    return wrong({ kind: "unreadable", origin: path, reason });
  }
}

function wrong(problem: SettingProblem): ReadLayers {
  return { layers: [], problems: [problem] };
}

function layersOf(path: string, content: string): ReadLayers {
  const text = content.replace(/^\uFEFF/, "");
  const offset = jsonErrorOffset(text);
  if (offset === undefined) return { layers: [{ origin: path, values: JSON.parse(text) }], problems: [] };
  const before = text.slice(0, offset).split("\n");
  const position = { line: before.length, column: (before.at(-1) ?? "").length + 1 };
  return wrong({ kind: "broken-json", origin: path, ...position });
}

function readAssignments(assignments: readonly string[]): ReadLayers {
  const problems: SettingProblem[] = [];
  const values: (readonly [string, unknown])[] = [];
  for (const text of assignments) {
    const equals = text.indexOf("=");
    if (equals > 0)
      values.push([text.slice(0, equals), valueOf(text.slice(0, equals), text.slice(equals + 1))]);
    else problems.push({ kind: equals === 0 ? "no-key" : "no-value", origin: "--set", text });
  }
  return { layers: [{ origin: "--set", values: Object.fromEntries(values) }], problems };
}

/** JSON where it is JSON; the bare text where that is what the setting takes. */
function valueOf(key: string, text: string): unknown {
  if (jsonErrorOffset(text) !== undefined) return text;
  const value: unknown = JSON.parse(text);
  if (!isSettingKey(key)) return value;
  const { kind } = schema[key];
  return kind.parse(value) === undefined && kind.parse(text) !== undefined ? text : value;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
