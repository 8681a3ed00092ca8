/**
 * A connection to the runtime host, which is started when there is none. Any number of clients may do this at
 * once: the host's lock lets one of theirs live, and the others wait for it.
 */

import { createConnection, type Socket } from "node:net";
import {
  createMessageConnection,
  type MessageConnection,
  SocketMessageReader,
  SocketMessageWriter,
} from "vscode-jsonrpc/node";
import { type Clock, delay } from "../../base/clock.ts";
import type { Disposable } from "../../base/disposable.ts";
import { RuntimeError, toRuntimeError } from "../../model/runtime-error.ts";
import { type HostAddress, hostAddress } from "./address.ts";
import { greetHost } from "./handshake.ts";
import { type StartOptions, startHost } from "./start-host.ts";

export interface HostConnection extends Disposable {
  readonly messages: MessageConnection;
  readonly pid: number;
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>;
}

const patienceMs = 15_000;
const firstPauseMs = 10;
const longestPauseMs = 200;

/** A connection to a host that runs already; undefined when none does. */
export async function findHost(home: string): Promise<HostConnection | undefined> {
  const found = await tryConnect(await hostAddress(home));
  if (!(found instanceof RuntimeError)) return found;
  if (found.code === "refused") throw found;
  return undefined;
}

export async function connectToHost(
  options: StartOptions,
  clock: Clock,
  signal: AbortSignal,
): Promise<HostConnection> {
  const address = await hostAddress(options.home);
  const deadline = clock.now() + patienceMs;
  let pause = firstPauseMs;
  for (;;) {
    const connection = await tryConnect(address);
    if (!(connection instanceof RuntimeError)) return connection;
    if (connection.code === "refused") throw connection;
    const started = await startHost(options);
    // "taken": another host is starting, or one is ending and will soon let go of its lock.
    if (started === "taken") await delay(clock, pause, signal);
    pause = Math.min(longestPauseMs, pause * 2);
    if (clock.now() > deadline || signal.aborted) throw connection;
  }
}

async function tryConnect(address: HostAddress): Promise<HostConnection | RuntimeError> {
  const socket = await dial(address.socket);
  if (socket instanceof Error) return unreachable(socket);
  const messages = createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => {
      messages.dispose();
      resolve();
    });
  });
  socket.on("error", () => socket.destroy());
  messages.onError(() => socket.destroy());
  messages.listen();
  try {
    const pid = await greetHost(messages, address.keyFile);
    return { messages, pid, closed, dispose: () => socket.destroy() };
  } catch (error) {
    socket.destroy();
    return error instanceof RuntimeError ? error : unreachable(toRuntimeError(error));
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

function unreachable(cause: Error): RuntimeError {
  return new RuntimeError("runtime-unreachable", `The runtime host cannot be reached: ${cause.message}`, {
    cause,
  });
}
