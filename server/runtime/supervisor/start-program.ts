/**
 * Starts one run of a program: on a port of its own, with a record before it runs, and ready only when the process
 * itself has said that it listens, so that a stranger on the port is never taken for it.
 */

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import { onAbort } from "../../base/abort.ts";
import { byteSize } from "../../base/byte-size.ts";
import { type Clock, delay } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import { RuntimeError, type RuntimeErrorCode } from "../../model/runtime-error.ts";
import { cleanEnvironment } from "../environment.ts";
import { offerInShell } from "../first-to-end.ts";
import { endProcessNow } from "./end-process.ts";
import { freePort } from "./free-port.ts";
import { killedForMemory, oomKills } from "./oom-kills.ts";
import { type EndCause, type Exit, endCause } from "./output-causes.ts";
import { ownMemory } from "./own-memory.ts";
import { identityOf, type ProcessIdentity } from "./process-identity.ts";
import type { ProcessRecords } from "./process-records.ts";
import type { Program, ProgramAddress } from "./program.ts";

export interface StartPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly records: ProcessRecords;
  /** The process that starts it. */
  readonly host: ProcessIdentity;
  /** Set where a run before was ready. */
  readonly again?: true;
  readonly onProgress: (progress: number | undefined) => void;
}

export interface Started {
  readonly pid: number;
  readonly at: ProgramAddress;
  readonly ended: Promise<EndCause>;
}

/** Thrown by a start that came to nothing. */
export class StartFailure extends Error {
  readonly endCause: EndCause;

  constructor(reason: EndCause) {
    super(reason.error.message, { cause: reason.error });
    this.endCause = reason;
  }
}

/** Ends the process when `signal` aborts, now or later. Rejects with a StartFailure. */
export async function startProgram(
  program: Program,
  ports: StartPorts,
  signal: AbortSignal,
): Promise<Started> {
  await prepared(program);
  const port = await freePort(program.port);
  const key = randomBytes(32).toString("base64url");
  const at = { port, url: `http://127.0.0.1:${port}`, key, ...(ports.again ? { again: ports.again } : {}) };
  const run = new ProgramRun(program, at, ports, signal);
  try {
    await run.release();
    await run.untilReady();
    return { pid: run.pid, at, ended: run.ended };
  } catch (error) {
    run.end();
    if (error instanceof StartFailure) throw error;
    throw decided(program, error);
  }
}

async function prepared(program: Program): Promise<void> {
  try {
    await program.prepare?.();
  } catch (error) {
    throw decided(program, error);
  }
}

/** Only time mends nothing where a RuntimeError says what is wrong. */
function decided(program: Program, error: unknown): StartFailure {
  if (!(error instanceof RuntimeError))
    return new StartFailure({ error: failedToStart(program, error), next: "try-again" });
  return new StartFailure({ error, next: "no-use" });
}

const outputKept = 16 * 1024;
const longestLine = 4096;
/** Nobody listens yet, or not any more. */
const unanswered: ReadonlySet<RuntimeErrorCode> = new Set([
  "runtime-unreachable",
  "runtime-crashed",
  "timeout",
]);
const firstPauseMs = 10;
const longestPauseMs = 250;
/** How long a program may be without a sign that it starts, on a machine that is busy. */
const silenceMs = 60_000;

class ProgramRun {
  readonly #program: Program;
  readonly #at: ProgramAddress;
  readonly #ports: StartPorts;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #gone = new AbortController();
  readonly ended: Promise<EndCause>;
  #output = "";
  #line = "";
  readonly #listens = new AbortController();
  #killsBefore = Infinity;
  #record: Promise<void> | undefined;

  constructor(program: Program, at: ProgramAddress, ports: StartPorts, signal: AbortSignal) {
    this.#program = program;
    this.#at = at;
    this.#ports = ports;
    this.#child = spawnWaiting(program, at);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text: string) => this.#hear(text));
    }
    this.#child.stdin.on("error", (error) => ports.log.log("debug", `${program.name}: ${error.message}`));
    this.ended = this.#lifetime(signal);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Writes the record, and only then lets the program begin: a host that dies in between leaves nothing behind. */
  async release(): Promise<void> {
    const { records, host } = this.#ports;
    this.#killsBefore = await oomKills();
    const identity = this.pid === 0 ? undefined : await identityOf(this.pid);
    if (!identity) throw new StartFailure(await this.ended);
    const { port, key } = this.#at;
    this.#record = records.write({ ...identity, name: this.#program.name, port, key, host });
    await this.#record;
    this.#child.stdin.end("go\n");
  }

  async untilReady(): Promise<void> {
    const { clock, onProgress } = this.#ports;
    const { signal } = this.#gone;
    let signAt = clock.now();
    for (let pause = firstPauseMs; ; pause = Math.min(longestPauseMs, pause * 2)) {
      if (await this.#pause(pause)) pause = firstPauseMs;
      if (signal.aborted) throw new StartFailure(await this.ended);
      await this.#checkMemory();
      const readiness = await this.#check();
      if (signal.aborted) continue;
      if (readiness?.state === "ready" && this.#listens.signal.aborted) return;
      if (readiness?.state === "starting") {
        signAt = clock.now();
        onProgress(readiness.progress);
      }
      if (clock.now() - signAt > silenceMs) throw silent(this.#program);
    }
  }

  /** The text of a model may make a runtime take all that the machine has. */
  async #checkMemory(): Promise<void> {
    const { mostStartBytes = Infinity } = this.#program;
    const taken = mostStartBytes === Infinity ? undefined : await ownMemory(this.pid);
    if (taken !== undefined && taken > mostStartBytes) throw greedy(this.#program, taken);
  }

  /** No longer than until it says that it listens: then it is ready soon. Resolves to whether it has just said so. */
  async #pause(ms: number): Promise<boolean> {
    const listens = this.#listens.signal;
    const said = listens.aborted;
    const ends = [this.#gone.signal, ...(said ? [] : [listens])];
    await delay(this.#ports.clock, ms, AbortSignal.any(ends));
    return listens.aborted && !said;
  }

  end(): void {
    if (this.pid !== 0 && !this.#gone.signal.aborted) endProcessNow(this.pid);
  }

  async #lifetime(signal: AbortSignal): Promise<EndCause> {
    const forget = onAbort(signal, () => this.end());
    const cause = await this.#untilEnd();
    forget();
    this.#gone.abort();
    await this.#forgetRecord();
    return cause;
  }

  /** A record that could not be written or removed is of the dead, and the next host removes it. */
  async #forgetRecord(): Promise<void> {
    const { records, log } = this.#ports;
    try {
      await this.#record;
      if (this.#record) await records.remove(this.pid);
    } catch (error) {
      log.log("debug", `The record of process ${this.pid}: ${String(error)}`);
    }
  }

  /** Undefined while nobody answers. */
  async #check() {
    try {
      return await this.#program.check(this.#at, this.#gone.signal);
    } catch (error) {
      if (this.#gone.signal.aborted) return undefined;
      if (error instanceof RuntimeError && unanswered.has(error.code)) return undefined;
      throw error;
    }
  }

  #hear(text: string): void {
    this.#output = (this.#output + text).slice(-outputKept);
    const lines = (this.#line + text).split("\n");
    this.#line = (lines.pop() ?? "").slice(-longestLine);
    if (lines.some((line) => this.#program.listens(line, this.#at))) this.#listens.abort();
  }

  async #causeOf(exit: Exit): Promise<EndCause> {
    const error = await killedForMemory(exit, this.#killsBefore);
    return error ? { cause: "main-memory", error, next: "try-again" } : endCause(exit);
  }

  #untilEnd(): Promise<EndCause> {
    const { name } = this.#program;
    return new Promise((resolve) => {
      this.#child.once("error", (error) =>
        resolve({ error: failedToStart(this.#program, error), next: "no-use" }),
      );
      // What it started may live on, and keeps its output open.
      this.#child.once("exit", () => endProcessNow(this.pid));
      this.#child.once("close", (code, signal) =>
        resolve(this.#causeOf({ name, output: this.#output, code, signal })),
      );
    });
  }
}

/** On POSIX a shell holds the process back until it is told to go on, and ends when nobody will tell it. */
function spawnWaiting(
  program: Program,
  at: ProgramAddress,
): ChildProcessByStdio<Writable, Readable, Readable> {
  const { path } = program;
  const args = program.arguments(at);
  const waits = process.platform !== "win32";
  return spawn(
    waits ? "/bin/sh" : path,
    waits ? ["-c", `read -r go && { ${offerInShell}; exec "$@"; }`, program.name, path, ...args] : [...args],
    {
      detached: waits,
      env: { ...cleanEnvironment(), ...program.environment(at) },
      stdio: ["pipe", "pipe", "pipe"],
      windowsHide: true,
    },
  );
}

function failedToStart({ name }: Program, cause: unknown): RuntimeError {
  const values = [name, cause instanceof Error ? cause.message : String(cause)];
  return new RuntimeError("runtime-down", "{0} did not start: {1}", { values, cause });
}

/** Weights and context are foreseen; what a template writes is not. */
function greedy({ name }: Program, bytes: number): StartFailure {
  const error = new RuntimeError(
    "model-invalid",
    "{0} took {1} of memory before it was ready, far more than this model needs: its chat template may be made for that.",
    {
      values: [name, byteSize(bytes)],
      mend: "Name a model from a source that you trust in roles.complete.",
    },
  );
  return new StartFailure({ cause: "chat-template", error, next: "no-use" });
}

function silent({ name }: Program): RuntimeError {
  return new RuntimeError("timeout", "{0} was started and does not answer.", { values: [name] });
}
