/**
 * `node bench/pull.ts [--bytes 1e9] [--kills 50] [--rounds 3] [--folder DIR]`: a file on loopback pulled by the
 * built `hearth models pull`, against `curl` and `sha256sum` one after the other, in turns; what memory it takes;
 * and pulls killed at random points until one may end.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createReadStream, readFileSync } from "node:fs";
import { mkdir, mkdtemp, open, rm, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { hashFile } from "../server/fetch/hash-file.ts";
import { ggufBytes } from "../test/support/gguf-fixtures.ts";
import { listen } from "../test/support/listen.ts";

const { values: flags } = parseArgs({
  options: {
    bytes: { type: "string", default: "1e9" },
    kills: { type: "string", default: "50" },
    rounds: { type: "string", default: "3" },
    folder: { type: "string", default: tmpdir() },
  },
});
const bytes = Number(flags.bytes);
const mostRatio = 1.2;
const mostMegabytes = 60;

const folder = await mkdtemp(join(flags.folder, "hearth-pull-"));
const file = join(folder, "model-q8_0.gguf");
const name = "maker/model-GGUF/model-q8_0.gguf";
const never = new AbortController().signal;
const sha256 = await writeModel();
const server = createServer(serve);
const source = `http://${await listen(server)}`;
try {
  await sideBySide();
  await killed();
} finally {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
}

async function sideBySide(): Promise<void> {
  const ours: number[] = [];
  const theirs: number[] = [];
  const memory: Memory[] = [];
  for (let round = 0; round < Number(flags.rounds); round++) {
    theirs.push(await timed(() => curlAndHash()));
    const home = join(folder, "home");
    ours.push(
      await timed(async () => {
        const child = pull(home);
        memory.push(await memoryOf(child));
        if (child.exitCode !== 0) throw new Error(`the pull ended with ${child.exitCode}`);
      }),
    );
    await rm(home, { recursive: true });
  }
  const ratio = median(ours) / median(theirs);
  const anonymous = Math.max(...memory.map((taken) => taken.anonymous));
  const resident = Math.max(...memory.map((taken) => taken.resident));
  console.log(
    `${(bytes / 1e9).toFixed(2)} GB: hearth ${seconds(median(ours))}, curl + sha256sum ${seconds(median(theirs))}: ` +
      `${ratio.toFixed(2)} ×, target ${mostRatio}: ${verdict(ratio <= mostRatio)}`,
  );
  console.log(
    `memory of its own (RssAnon) ${anonymous.toFixed(0)} MB, with the program itself (RSS) ${resident.toFixed(0)} MB; ` +
      `target ${mostMegabytes} MB: ${verdict(anonymous <= mostMegabytes)}`,
  );
}

/** Each is killed at a random point of the time that a whole pull takes. */
async function killed(): Promise<void> {
  const home = join(folder, "killed");
  const whole = await timed(async () => void (await once(pull(join(folder, "timed")), "exit")));
  let resumed = 0;
  let most = 0;
  for (let kill = 0; kill < Number(flags.kills); kill++) {
    const child = pull(home);
    const timer = setTimeout(() => child.kill("SIGKILL"), Math.random() * whole);
    await once(child, "exit");
    clearTimeout(timer);
    const there = await sizeOf(join(home, "models", "model-q8_0.gguf.part"));
    if (there > most) resumed++;
    most = Math.max(most, there);
    // One that ended in time leaves nothing to go on with.
    if (child.exitCode === 0) await rm(join(home, "models"), { recursive: true });
    if (child.exitCode === 0) most = 0;
  }
  const last = pull(home);
  await once(last, "exit");
  const right = (await hashFile(join(home, "models", "model-q8_0.gguf"), () => {}, never)) === sha256;
  console.log(
    `killed ${flags.kills} times (${resumed} of them further than before), the hash at the end: ${right ? "right" : "WRONG"}`,
  );
  if (!right) process.exitCode = 1;
}

async function curlAndHash(): Promise<void> {
  const copy = join(folder, "curl.gguf");
  await ended(spawn("curl", ["-sS", "-o", copy, `${source}/file`], { stdio: "ignore" }));
  await ended(spawn("sha256sum", [copy], { stdio: "ignore" }));
  await rm(copy);
}

function pull(home: string): ChildProcess {
  const args = ["dist/cli.js", "models", "pull", name, "--yes", "--set", `models.source=${source}`];
  return spawn(process.execPath, args, {
    env: { PATH: process.env["PATH"], HEARTH_HOME: home },
    stdio: "ignore",
  });
}

async function ended(child: ChildProcess): Promise<void> {
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`${child.spawnfile} ended with ${code}`);
}

interface Memory {
  /** The most at one time, in megabytes. */
  readonly anonymous: number;
  readonly resident: number;
}

/** Looked at fifty times a second until it ends. */
async function memoryOf(child: ChildProcess): Promise<Memory> {
  let memory = { anonymous: 0, resident: 0 };
  const look = setInterval(() => {
    const status = statusOf(child.pid ?? 0);
    const read = (key: string) => Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1000;
    memory = {
      anonymous: Math.max(memory.anonymous, read("RssAnon")),
      resident: Math.max(memory.resident, read("VmHWM")),
    };
  }, 20);
  await once(child, "exit");
  clearInterval(look);
  return memory;
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}

async function writeModel(): Promise<string> {
  await mkdir(folder, { recursive: true });
  const target = await open(file, "w");
  const piece = randomBytes(8 * 1024 * 1024);
  await target.write(ggufBytes());
  for (let size = (await target.stat()).size; size < bytes; size += piece.length) {
    piece.writeDoubleLE(size);
    await target.write(piece, 0, Math.min(piece.length, bytes - size));
  }
  await target.close();
  return hashFile(file, () => {}, never);
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? "";
  if (path.startsWith("/api/") && path.includes("/tree/")) {
    const lfs = { oid: sha256, size: bytes };
    response.end(JSON.stringify([{ type: "file", path: "model-q8_0.gguf", size: bytes, lfs }]));
  } else if (path.startsWith("/api/")) {
    response.end(JSON.stringify({ sha: "main", cardData: { license: "apache-2.0" } }));
  } else {
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const headers = { "content-length": bytes - start, etag: `"${etagOf()}"` };
    if (start === 0) response.writeHead(200, headers);
    else response.writeHead(206, { ...headers, "content-range": `bytes ${start}-${bytes - 1}/${bytes}` });
    if (request.method === "HEAD") response.end();
    else createReadStream(file, { start, highWaterMark: 256 * 1024 }).pipe(response);
  }
}

function etagOf(): string {
  return createHash("sha256").update(sha256).digest("hex");
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function verdict(met: boolean): string {
  return met ? "met" : "missed";
}
