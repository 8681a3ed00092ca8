/** A real VS Code served on a loopback port, with folders of its own for settings, extensions and Hearth. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Editor } from "../../../scripts/editor-setup.ts";
import { alone } from "../../support/alone.ts";

export interface EditorFolders {
  /** Holds everything that the editor writes; a new editor over the same folder is the same person's. */
  readonly root: string;
  readonly extensions: string;
}

export interface EditorServerOptions {
  readonly editor: Editor;
  readonly folders: EditorFolders;
  /** The person's settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Settings of machine scope; an editor in a browser reads them from a file of their own. */
  readonly machine?: Readonly<Record<string, unknown>>;
  readonly locale?: "zh-cn";
  readonly trust?: "asked" | "given";
  readonly env?: Readonly<Record<string, string>>;
  /** Words before the editor's own command; what they run is the process that is stopped. */
  readonly before?: readonly string[];
}

export interface EditorServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Quiet, and nothing of the editor's own that competes with ghost text. */
const quiet = {
  "chat.disableAIFeatures": true,
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "telemetry.telemetryLevel": "off",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "update.mode": "none",
  "editor.quickSuggestions": { other: "off", comments: "off", strings: "off" },
  "editor.suggestOnTriggerCharacters": false,
  "editor.autoClosingBrackets": "never",
  "editor.accessibilitySupport": "off",
  "editor.minimap.enabled": false,
  "files.autoSave": "off",
  "git.enabled": false,
  "hearth.log.level": "debug",
  "typescript.validate.enable": false,
};

/** Without a marketplace the editor itself has nothing to ask the world for. */
const noGallery = { EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: "" }) };

export function installExtension(editor: Editor, folders: EditorFolders, vsix: string): void {
  const args = [...folderArguments(folders), "--install-extension", vsix, "--force"];
  const done = spawnSync(process.execPath, [editor.program, ...args], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`could not install ${vsix}:\n${done.stdout}${done.stderr}`);
}

export async function startEditor(options: EditorServerOptions): Promise<EditorServer> {
  const { editor, folders } = options;
  writeSettings(join(folders.root, "user", "User"), { ...quiet, ...options.settings });
  writeSettings(join(folders.root, "user", "Machine"), options.machine ?? {});
  if (options.locale) writeLanguagePack(join(folders.root, "user"), options.locale);
  const args = [
    ...folderArguments(folders),
    "--auth=none",
    "--bind-addr=127.0.0.1:0",
    "--disable-telemetry",
    "--disable-update-check",
    "--log=debug",
    ...(options.trust === "asked" ? [] : ["--disable-workspace-trust"]),
    ...(options.locale ? ["--locale", options.locale] : []),
  ];
  const home = join(folders.root, "hearth");
  const env = { ...process.env, ...noGallery, ...alone, HEARTH_HOME: home, ...options.env };
  const [command = "", ...words] = [...(options.before ?? []), process.execPath, editor.program, ...args];
  const child = spawn(command, words, {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return { url: await listeningAt(child), stop: () => stop(child) };
}

function folderArguments({ root, extensions }: EditorFolders): readonly string[] {
  return [
    "--config",
    join(root, "config.yaml"),
    "--user-data-dir",
    join(root, "user"),
    "--extensions-dir",
    extensions,
  ];
}

function writeSettings(folder: string, settings: object): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "settings.json"), JSON.stringify(settings, null, 2));
}

/**
 * The editor changes its language, and that of its extensions, only where it finds a language pack. This
 * one translates none of the editor's own words, so that what is in Chinese is ours.
 */
function writeLanguagePack(user: string, locale: string): void {
  const translation = join(user, "language-pack.json");
  writeFileSync(translation, JSON.stringify({ contents: {} }));
  const extensions = [{ extensionIdentifier: { id: "hearth.language-pack" }, version: "1.0.0" }];
  const pack = { hash: "hearth", label: locale, extensions, translations: { vscode: translation } };
  writeFileSync(join(user, "languagepacks.json"), JSON.stringify({ [locale]: pack }));
}

async function listeningAt(child: ChildProcess): Promise<string> {
  const said: string[] = [];
  child.stderr?.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  if (!child.stdout) throw new Error("the editor has no output to read its address from");
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    const url = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (url) {
      child.stdout.resume();
      return url;
    }
  }
  throw new Error(`the editor ended before it listened:\n${said.join("\n")}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
