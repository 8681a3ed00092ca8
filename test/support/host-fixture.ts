/**
 * A runtime host in a HEARTH_HOME of its own, and clients of it. All of it is gone after `dispose`; what is asked
 * of it then is a new one's.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../server/base/clock.ts";
import type { Logger } from "../../server/base/log.ts";
import { entryPoint } from "../../server/entries.ts";
import type { ModelRuntime, StreamPart } from "../../server/model/model-runtime.ts";
import { control, type PromptPiece, text } from "../../server/model/prompt.ts";
import { HostClient } from "../../server/runtime/host/client.ts";
import { connectToHost, type HostConnection } from "../../server/runtime/host/connect.ts";

export interface HostFixture {
  readonly home: string;
  readonly logged: readonly string[];
  client(options?: { readonly idleMs?: number }): HostClient;
  /** A host that runs, without a model; its process id. It stays while the fixture does, unless it is ended. */
  start(): Promise<number>;
  dispose(): Promise<void>;
}

/** The programs of the sources. */
const ours = { entry: entryPoint("host"), childEntry: entryPoint("child") };

export function hostFixture(parent = tmpdir(), programs = ours): HostFixture {
  let folder: string | undefined;
  const home = () => {
    folder ??= mkdtempSync(join(parent, "hearth-home-"));
    return folder;
  };
  const clients: HostClient[] = [];
  const connections: HostConnection[] = [];
  const logged: string[] = [];
  const log: Logger = { log: (level, message) => logged.push(`${level} ${message}`) };
  return {
    get home() {
      return home();
    },
    logged,
    client({ idleMs = 200 } = {}) {
      const made = new HostClient({
        home: home(),
        ...programs,
        log,
        clock: systemClock,
        idleMs,
      });
      clients.push(made);
      return made;
    },
    async start() {
      const connection = await connectToHost({ home: home(), ...programs, idleMs: 200 }, systemClock, never);
      connections.push(connection);
      return connection.pid;
    },
    async dispose() {
      const seen = logged.splice(0).map((line) => /Connected to the runtime host (\d+)/.exec(line)?.[1]);
      const pids = [...seen.filter((pid) => pid !== undefined), ...connections.map(({ pid }) => pid)];
      for (const client of clients.splice(0)) client.dispose();
      for (const connection of connections.splice(0)) connection.dispose();
      await Promise.all(pids.map((pid) => gone(Number(pid))));
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      folder = undefined;
    },
  };
}

/** Resolves when no process has this id; other people's children send no exit event, so the system is asked. */
export async function gone(pid: number, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (isAlive(pid)) {
    if (performance.now() > deadline) throw new Error(`The process ${pid} is still there`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export const never: AbortSignal = new AbortController().signal;
export const greedy = { temperature: 0 } as const;

export function fim(prefix: string, suffix = "\n}"): readonly PromptPiece[] {
  return [
    control("<|fim_prefix|>"),
    text(prefix),
    control("<|fim_suffix|>"),
    text(suffix),
    control("<|fim_middle|>"),
  ];
}

export interface Collected {
  readonly text: string;
  readonly reasoning: string;
  readonly parts: readonly StreamPart[];
  readonly end: StreamPart & { readonly kind: "stream-end" };
}

export async function collect(stream: AsyncIterable<StreamPart>): Promise<Collected> {
  const parts: StreamPart[] = [];
  for await (const part of stream) parts.push(part);
  const end = parts.at(-1);
  if (end?.kind !== "stream-end") throw new Error("The stream did not end");
  const joined = (kind: StreamPart["kind"]) =>
    parts.map((part) => (part.kind === kind && "text" in part ? part.text : "")).join("");
  return { text: joined("text-delta"), reasoning: joined("reasoning-delta"), parts, end };
}

export function complete(
  runtime: ModelRuntime,
  prefix: string,
  signal: AbortSignal = never,
): Promise<Collected> {
  const prompt = fim(prefix);
  return collect(
    runtime.infill({ prompt, maxTokens: 64, stop: [], sampling: greedy, priority: "completion" }, signal),
  );
}
