/** Runs a verb of Hearth's command line by the editor's own Node: for what must not be done by the server itself. */

import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

export type CliAnswer =
  | { readonly kind: "done"; readonly value: unknown }
  /** In the person's language. */
  | { readonly kind: "failed"; readonly message: string; readonly mend: string };

export interface CliRun {
  /** `dist/cli.js`. */
  readonly script: string;
  readonly args: readonly string[];
  readonly language: string;
}

/** Rejects where it says nothing that can be read. */
export async function runCli({ script, args, language }: CliRun): Promise<CliAnswer> {
  const lang = language.toLowerCase() === "zh-cn" ? "zh-cn" : "en";
  const child = spawn(process.execPath, [script, ...args, "--json", "--lang", lang], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  const failed = new Promise<never>((_, reject) => child.once("error", reject));
  const [said, complained] = await Promise.race([
    failed,
    Promise.all([text(child.stdout), text(child.stderr)]),
  ]);
  const value = parse(said, complained);
  const error = "error" in value ? value.error : undefined;
  if (typeof error !== "object" || error === null) return { kind: "done", value };
  return { kind: "failed", message: wordsOf(error, "message"), mend: wordsOf(error, "mend") };
}

function parse(said: string, complained: string): object {
  try {
    const value: unknown = JSON.parse(said);
    if (typeof value === "object" && value !== null) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Error(`hearth said nothing that can be read: ${said}${complained}`);
}

function wordsOf(error: object, name: string): string {
  const words: unknown = Reflect.get(error, name);
  return typeof words === "string" ? words : "";
}
