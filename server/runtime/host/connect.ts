/**
 * A connection to the runtime host, which is started when there is none. Any number of clients may do this at
 * once: the host's lock lets one of theirs live, and the others wait for it.
 */

import { createConnection, type Socket } from "node:net";
import { createMessageConnection, type MessageConnection } from "vscode-jsonrpc/node";
import { onAbort, untilAborted } from "../../base/abort.ts";
import { type Clock, delay } from "../../base/clock.ts";
import type { Disposable } from "../../base/disposable.ts";
import { FramedMessageReader, FramingError } from "../../base/framed-message-reader.ts";
import { FramedMessageWriter } from "../../base/framed-message-writer.ts";
import { RuntimeError, toRuntimeError } from "../../model/runtime-error.ts";
import { type HostAddress, hostAddress } from "./address.ts";
import { greetHost, notOurHost } from "./handshake.ts";
import { readingLimits } from "./protocol.ts";
import { type StartOptions, startHost } from "./start-host.ts";

export interface HostConnection extends Disposable {
  readonly messages: MessageConnection;
  readonly pid: number;
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;
}

/** How long reaching the host may take in all. */
const patienceMs = 15_000;
/** A host that said that it is ready is asked once more, however long that took. */
const leastAttemptMs = 2000;
/** How long someone who only looks waits for what is there to say who it is. */
const greetingMs = 5000;
const firstPauseMs = 10;
const longestPauseMs = 200;
const firstStartPauseMs = 500;

/** A connection to a host that runs already; undefined when none does, or what is there does not say who it is. */
export async function findHost(
  home: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<HostConnection | undefined> {
  const found = await attempt(await hostAddress(home), { clock, signal, ms: greetingMs });
  if (found.kind === "connected") return found.connection;
  if (found.error.code === "refused") throw found.error;
  return undefined;
}

/** Rejects with `runtime-unreachable` when it takes too long, and when `signal` aborts. */
export async function connectToHost(
  options: StartOptions,
  clock: Clock,
  signal: AbortSignal,
): Promise<HostConnection> {
  const address = await hostAddress(options.home);
  const deadline = clock.now() + patienceMs;
  const limit = () => ({ clock, signal, ms: Math.max(leastAttemptMs, deadline - clock.now()) });
  let pause = firstPauseMs;
  let startPause = firstStartPauseMs;
  let startAt = clock.now();
  for (;;) {
    const found = await attempt(address, limit());
    if (found.kind === "connected") return found.connection;
    if (found.kind === "failed") throw found.error;
    if (signal.aborted || clock.now() >= deadline) throw found.error;
    if (clock.now() >= startAt) {
      const said = await within(limit(), (stop) => startHost(options, stop));
      if (said === undefined) throw silent();
      // After a start that was for nothing a process is tried ever more rarely, and the address often.
      startAt = clock.now() + startPause;
      startPause *= 2;
      if (said === "ready") continue;
    }
    // Another host is starting, or one is ending and will soon let go of its lock.
    await delay(clock, pause, signal);
    pause = Math.min(longestPauseMs, pause * 2);
  }
}

type Attempt =
  | { readonly kind: "connected"; readonly connection: HostConnection }
  /** Nobody is there, or someone is just ending: it may be tried again. */
  | { readonly kind: "absent"; readonly error: RuntimeError }
  /** Someone is there, and is not our host or does not answer. */
  | { readonly kind: "failed"; readonly error: RuntimeError };

interface Limit {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly ms: number;
}

async function attempt(address: HostAddress, limit: Limit): Promise<Attempt> {
  const found = await within(limit, (stop) => tryConnect(address, stop));
  if (found === undefined) return { kind: "failed", error: silent() };
  if (!(found instanceof RuntimeError)) return { kind: "connected", connection: found };
  return { kind: found.code === "refused" ? "failed" : "absent", error: found };
}

/** Undefined when `work` took longer than it may; its signal aborts then. */
async function within<T>(
  { clock, signal, ms }: Limit,
  work: (stop: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const stop = new AbortController();
  const timer = clock.after(ms, () => stop.abort());
  const forget = onAbort(signal, () => stop.abort());
  try {
    return await untilAborted(work(stop.signal), stop.signal);
  } finally {
    forget();
    timer.dispose();
  }
}

/** Lets go of the socket when `stop` aborts before it is a connection. */
async function tryConnect(address: HostAddress, stop: AbortSignal): Promise<HostConnection | RuntimeError> {
  const socket = await dial(address.socket);
  if (socket instanceof Error) return unreachable(socket.message, socket);
  const forget = onAbort(stop, () => socket.destroy());
  const reader = new FramedMessageReader(socket, readingLimits);
  const messages = createMessageConnection(reader, new FramedMessageWriter(socket));
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => {
      messages.dispose();
      resolve();
    });
  });
  socket.on("error", () => socket.destroy());
  let flaw: Error | undefined;
  messages.onError(([error]) => {
    flaw = error;
    socket.destroy();
  });
  messages.listen();
  try {
    const pid = await greetHost(messages, address.keyFile);
    reader.trust();
    return { messages, pid, closed, dispose: () => socket.destroy() };
  } catch (error) {
    socket.destroy();
    if (flaw instanceof FramingError) return notOurHost();
    return error instanceof RuntimeError ? error : unreachable(toRuntimeError(error).message, error);
  } finally {
    forget();
  }
}

function dial(path: string): Promise<Socket | Error> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once("error", resolve);
    socket.once("connect", () => {
      socket.off("error", resolve);
      resolve(socket);
    });
  });
}

function unreachable(why: string, cause?: unknown): RuntimeError {
  return new RuntimeError("runtime-unreachable", "The runtime host cannot be reached: {0}", {
    values: [why],
    cause,
  });
}

function silent(): RuntimeError {
  return new RuntimeError("runtime-unreachable", "The runtime host does not answer.");
}
