/**
 * A small program in place of a runtime, for what a real one does only when it is ill. `standIn` describes it to a
 * supervisor; run by Node, it serves.
 */

import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { RuntimeError } from "../../server/model/runtime-error.ts";
import type { Program } from "../../server/runtime/supervisor/program.ts";

export interface StandInOptions {
  readonly id?: string;
  /** Gets the process id of each run, one a line. */
  readonly runs: string;
  /** What it writes on standard error before it ends: in the first run, in the second … It serves after the last. */
  readonly lastWords?: readonly string[];
  readonly port?: number;
  /** It never listens. */
  readonly mute?: true;
  /** It takes so much memory, and never listens. */
  readonly takesBytes?: number;
  /** What its start may take. */
  readonly mostStartBytes?: number;
  /** It starts a process that would outlive it, and writes its id as a run, too. */
  readonly parent?: true;
}

export function standIn({ id = "stand-in", port, mostStartBytes, ...options }: StandInOptions): Program {
  return {
    id,
    name: "stand-in",
    path: process.execPath,
    ...(port === undefined ? {} : { port }),
    ...(mostStartBytes === undefined ? {} : { mostStartBytes }),
    arguments: (at) => [import.meta.filename, JSON.stringify({ ...options, port: at.port })],
    environment: ({ key }) => ({ STAND_IN_KEY: key }),
    listens: (line, at) => line === `listening on ${at.url}`,
    async check({ url, key }, signal) {
      const headers = { authorization: `Bearer ${key}` };
      const answer = await fetch(url, { headers, signal }).catch((cause: unknown) => {
        throw new RuntimeError("runtime-unreachable", "Nobody answers.", { cause });
      });
      return { state: answer.ok ? "ready" : "starting" };
    },
  };
}

export function runsOf(path: string): readonly number[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8").trimEnd().split("\n").map(Number);
}

function serve({ runs, lastWords = [], port, mute, takesBytes, parent }: StandInOptions): void {
  appendFileSync(runs, `${process.pid}\n`);
  if (parent) {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
    appendFileSync(runs, `${child.pid}\n`);
  }
  const words = lastWords[runsOf(runs).length - 1];
  if (words !== undefined) {
    process.stderr.write(`${words}\n`, () => process.exit(1));
    return;
  }
  const taken = takesBytes === undefined ? undefined : Buffer.alloc(takesBytes, 1);
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    response.writeHead(authorization === `Bearer ${process.env["STAND_IN_KEY"]}` ? 200 : 401).end();
  });
  server.on("error", (error) => {
    process.stderr.write(`${error.message}\n`, () => process.exit(1));
  });
  if (mute || taken) setInterval(() => taken?.length, 1000);
  else
    server.listen(port, "127.0.0.1", () => process.stdout.write(`listening on http://127.0.0.1:${port}\n`));
}

const [, script, json] = process.argv;
if (script === import.meta.filename && json !== undefined) serve(JSON.parse(json) as StandInOptions);
