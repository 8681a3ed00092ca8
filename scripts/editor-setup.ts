/**
 * Puts a real VS Code that runs in a browser (code-server) and what it needs into a cache folder outside
 * the checkout. Says what it does. A folder without its stamp does not count, so a broken install is redone.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run, say } from "./setup/command.ts";
import { needPackages } from "./setup/debian-packages.ts";
import { cacheFolder, fillFolder, type KeptFolder, pathOf, stampOf } from "./setup/kept-folder.ts";

const version = "4.139.1";
const checkout = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Debian packages: a browser to drive, what shows whom the editor's programs try to reach, and the headers that the
 * editor's native parts compile against.
 */
const packages = [
  "chromium",
  "fonts-noto-cjk",
  "strace",
  "iproute2",
  "python3",
  "make",
  "g++",
  "pkg-config",
  "libkrb5-dev",
  "libx11-dev",
  "libxkbfile-dev",
  "libsecret-1-dev",
] as const;

export interface Editor {
  readonly version: string;
  /** The code-server program; run it with this Node. */
  readonly program: string;
  readonly browser: string;
}

/** Returns the editor of the cache folder, installing it first where it is not there yet. */
export function setUpEditor(): Editor {
  const kept = {
    cache: cacheFolder("HEARTH_EDITOR_CACHE", "hearth-editor"),
    name: `code-server-${version}-node-${process.versions.modules}`,
    stampName: "hearth-editor.json",
  };
  const home = pathOf(kept);
  needPackages("editor", packages);
  if (stampOf(kept) !== undefined) say(`editor: code-server ${version} is ready in ${home}`);
  else installCodeServer(kept);
  return {
    version,
    program: join(home, "node_modules", "code-server", "out", "node", "entry.js"),
    browser: findBrowser(),
  };
}

function installCodeServer(kept: KeptFolder): void {
  if (Number(process.versions.node.split(".")[0]) !== 24) {
    throw new Error(`code-server ${version} wants Node 24; this is ${process.version}. Use npm run.`);
  }
  say(`editor: installing code-server ${version} into ${pathOf(kept)}`);
  say("editor: it compiles its native parts; this takes about five minutes, once");
  const started = performance.now();
  fillFolder(kept, (staging) => {
    const allowScripts = { "code-server": true, argon2: true };
    writeFileSync(join(staging, "package.json"), JSON.stringify({ private: true, allowScripts }));
    run("npm", ["install", "--save-exact", "--no-audit", "--no-fund", `code-server@${version}`], {
      cwd: staging,
      env: { ...process.env, ...nodeHeaders() },
    });
    const tookSeconds = Math.round((performance.now() - started) / 1000);
    say(`editor: installed in ${tookSeconds} s`);
    return { version, node: process.version, tookSeconds };
  });
}

/** The headers of the Node that will run the editor; a `nodedir` of another Node in npm's settings breaks it. */
function nodeHeaders(): Record<string, string> {
  const candidates = [
    dirname(dirname(process.execPath)),
    join(checkout, "node_modules", "node", "node_modules", `node-${process.platform}-${process.arch}`),
  ];
  const found = candidates.find((folder) => isHeadersOf(folder, process.versions.node));
  return found ? { npm_config_nodedir: found } : {};
}

function isHeadersOf(folder: string, node: string): boolean {
  const header = join(folder, "include", "node", "node_version.h");
  if (!existsSync(header)) return false;
  const text = readFileSync(header, "utf8");
  const part = (name: string) => new RegExp(`#define NODE_${name}_VERSION (\\d+)`).exec(text)?.[1];
  return `${part("MAJOR")}.${part("MINOR")}.${part("PATCH")}` === node;
}

function findBrowser(): string {
  const candidates = [process.env["HEARTH_BROWSER"], "/usr/bin/chromium", "/usr/bin/google-chrome"];
  const found = candidates.find((path) => path && existsSync(path));
  if (!found) throw new Error("No Chromium found. Name one in HEARTH_BROWSER.");
  return found;
}

if (import.meta.main) setUpEditor();
