/**
 * The small program that puts `hearth` on PATH: it runs the extension's command line with the runtime that
 * the editor itself brings, so that nothing else must be installed.
 */

import { join } from "node:path";

export interface ShimSurroundings {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly localAppData: string | undefined;
  readonly path: string;
  /** The program that runs JavaScript here: the editor's own. */
  readonly runtime: string;
  /** `dist/cli.js` of the installed extension. */
  readonly script: string;
}

export interface Shim {
  readonly folder: string;
  readonly file: string;
  readonly content: string;
  readonly onPath: boolean;
  /** What a person types to put the folder on PATH. */
  readonly addToPath: string;
}

const marker = "Written by Hearth; its command “Install Command Line” writes it again.";

export function planShim(surroundings: ShimSurroundings): Shim {
  return surroundings.platform === "win32" ? windowsShim(surroundings) : unixShim(surroundings);
}

/** A file of this name that Hearth did not write is somebody else's and stays. */
export function isOurShim(content: string): boolean {
  return content.includes(marker);
}

function unixShim({ home, path, runtime, script }: ShimSurroundings): Shim {
  const folder = join(home, ".local", "bin");
  const content = [
    "#!/bin/sh",
    `# ${marker}`,
    `ELECTRON_RUN_AS_NODE=1 exec ${quote(runtime)} ${quote(script)} "$@"`,
    "",
  ].join("\n");
  return {
    folder,
    file: join(folder, "hearth"),
    content,
    onPath: path.split(":").includes(folder),
    addToPath: `export PATH="$HOME/.local/bin:$PATH"`,
  };
}

function windowsShim({ home, localAppData, path, runtime, script }: ShimSurroundings): Shim {
  const folder = join(localAppData ?? join(home, "AppData", "Local"), "Hearth", "bin");
  const content = [
    "@echo off",
    `rem ${marker}`,
    "setlocal",
    "set ELECTRON_RUN_AS_NODE=1",
    `"${runtime}" "${script}" %*`,
    "",
  ].join("\r\n");
  return {
    folder,
    file: join(folder, "hearth.cmd"),
    content,
    onPath: path.split(";").some((entry) => entry.toLowerCase() === folder.toLowerCase()),
    addToPath: `setx PATH "%PATH%;${folder}"`,
  };
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
