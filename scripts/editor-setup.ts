/**
 * Puts a real VS Code that runs in a browser (code-server) and what it needs into a cache folder outside
 * the checkout. Says what it does. A folder without its stamp does not count, so a broken install is redone.
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const version = "4.139.1";
const stampName = "hearth-editor.json";
const checkout = dirname(dirname(fileURLToPath(import.meta.url)));

/** Debian packages: a browser to drive, and the headers that the editor's native parts compile against. */
const packages = [
  "chromium",
  "fonts-noto-cjk",
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
  const cache = cacheFolder();
  const home = join(cache, `code-server-${version}-node-${process.versions.modules}`);
  const missing = missingPackages();
  if (missing.length > 0) installPackages(missing);
  if (existsSync(join(home, stampName))) say(`editor: code-server ${version} is ready in ${home}`);
  else installCodeServer(cache, home);
  return {
    version,
    program: join(home, "node_modules", "code-server", "out", "node", "entry.js"),
    browser: findBrowser(),
  };
}

function cacheFolder(): string {
  const chosen = process.env["HEARTH_EDITOR_CACHE"];
  if (chosen) return chosen;
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "hearth-editor");
}

function missingPackages(): readonly string[] {
  const asked = spawnSync("dpkg-query", ["-W", "-f", "${Package} ${db:Status-Status}\\n", ...packages], {
    encoding: "utf8",
  });
  if (asked.error) return []; // not a Debian: the compiler and the browser speak for themselves when missing
  const installed = new Set(
    asked.stdout
      .split("\n")
      .filter((line) => line.endsWith(" installed"))
      .map((line) => line.slice(0, line.indexOf(" "))),
  );
  return packages.filter((name) => !installed.has(name));
}

function installPackages(missing: readonly string[]): void {
  const command = `apt-get install --yes --no-install-recommends ${missing.join(" ")}`;
  if (process.getuid?.() !== 0) {
    throw new Error(`Missing Debian packages. Install them once as root: ${command}`);
  }
  say(`editor: installing Debian packages: ${missing.join(" ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  run("apt-get", ["update", "--quiet=2"], { env });
  run("apt-get", ["install", "--yes", "--quiet=2", "--no-install-recommends", ...missing], { env });
}

function installCodeServer(cache: string, home: string): void {
  if (Number(process.versions.node.split(".")[0]) !== 24) {
    throw new Error(`code-server ${version} wants Node 24; this is ${process.version}. Use npm run.`);
  }
  mkdirSync(cache, { recursive: true });
  removeAbandoned(cache);
  const staging = join(cache, `install-${process.pid}`);
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging);
  const allowScripts = { "code-server": true, argon2: true };
  writeFileSync(join(staging, "package.json"), JSON.stringify({ private: true, allowScripts }));
  say(`editor: installing code-server ${version} into ${home}`);
  say("editor: it compiles its native parts; this takes about five minutes, once");
  const started = performance.now();
  run("npm", ["install", "--save-exact", "--no-audit", "--no-fund", `code-server@${version}`], {
    cwd: staging,
    env: { ...process.env, ...nodeHeaders() },
  });
  const tookSeconds = Math.round((performance.now() - started) / 1000);
  writeFileSync(join(staging, stampName), JSON.stringify({ version, node: process.version, tookSeconds }));
  rmSync(home, { recursive: true, force: true });
  renameSync(staging, home);
  say(`editor: installed in ${tookSeconds} s`);
}

/** Staging folders carry the id of the process that fills them; those of dead processes are rubbish. */
function removeAbandoned(cache: string): void {
  for (const name of readdirSync(cache)) {
    const pid = Number(/^install-(\d+)$/.exec(name)?.[1]);
    if (pid && !isAlive(pid)) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
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

interface RunOptions {
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
}

function run(command: string, args: readonly string[], options: RunOptions): void {
  const done = spawnSync(command, args, { ...options, stdio: ["ignore", "inherit", "inherit"] });
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`${command} ${args[0] ?? ""} ended with status ${done.status}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (import.meta.main) setUpEditor();
