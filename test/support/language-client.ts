/** A language client for tests: the real server as a process, over the protocol's own connection. */

import assert from "node:assert/strict";
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  type InitializeParams,
  InitializeRequest,
  type InitializeResult,
  type InlineCompletionItem,
  type InlineCompletionList,
  InlineCompletionRequest,
  InlineCompletionTriggerKind,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageReader,
  type MessageWriter,
  type Position,
  type ProtocolConnection,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";
import { entryPoint } from "../../server/entries.ts";
import { type StatusParams, statusNotification } from "../../server/protocol/status.ts";
import { alone } from "./alone.ts";

export type TransportName = "stdio" | "ipc" | "socket";

export interface StartOptions {
  readonly transport?: TransportName;
  /** Another program than the server's source, such as the bundle. */
  readonly program?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The folder for HEARTH_HOME; a new one that goes with the client when left out. */
  readonly home?: string;
}

export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class LanguageClient {
  readonly connection: ProtocolConnection;
  readonly process: ChildProcess;
  readonly home: string;
  /** Resolves when the process has ended. */
  readonly exited: Promise<ServerExit>;
  readonly statuses: StatusParams[] = [];
  readonly #waiting: ((status: StatusParams) => void)[] = [];
  #stderr = "";
  readonly #ownsHome: boolean;

  private constructor(
    child: ChildProcess,
    channel: readonly [MessageReader, MessageWriter],
    home: { readonly path: string; readonly own: boolean },
  ) {
    this.process = child;
    this.home = home.path;
    this.#ownsHome = home.own;
    this.exited = exitOf(child);
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    this.connection = createProtocolConnection(...channel);
    this.connection.onNotification(statusNotification.method, (status: StatusParams) => {
      this.statuses.push(status);
      for (const look of this.#waiting) look(status);
    });
    this.connection.listen();
    // Requests that nobody will answer any more are rejected.
    void this.exited.then(() => this.connection.dispose());
  }

  static async start(options: StartOptions = {}): Promise<LanguageClient> {
    const home = options.home ?? (await mkdtemp(join(tmpdir(), "hearth-lsp-")));
    const { child, channel } = await launch(options, home);
    return new LanguageClient(child, channel, { path: home, own: options.home === undefined });
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Sends `initialize` and `initialized`; `params` are laid over a client that can do nothing special. */
  async initialize(params: Partial<InitializeParams> = {}): Promise<InitializeResult> {
    const result = await this.connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
      ...params,
    });
    await this.connection.sendNotification(InitializedNotification.type, {});
    return result;
  }

  async open(uri: string, text: string, languageId = "typescript"): Promise<void> {
    const textDocument = { uri, languageId, version: 1, text };
    await this.connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument });
  }

  async change(
    uri: string,
    version: number,
    changes: readonly { range?: { start: Position; end: Position }; text: string }[],
  ): Promise<void> {
    await this.connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version },
      contentChanges: changes.map(({ range, text }) => (range ? { range, text } : { text })),
    });
  }

  async complete(uri: string, position: Position, options: { readonly manual?: boolean } = {}) {
    const answer = await this.connection.sendRequest(InlineCompletionRequest.type, {
      textDocument: { uri },
      position,
      context: {
        triggerKind: options.manual
          ? InlineCompletionTriggerKind.Invoked
          : InlineCompletionTriggerKind.Automatic,
      },
    });
    return itemsOf(answer);
  }

  /** The first status that `fits`, among those that came and those that will. */
  status(fits: (status: StatusParams) => boolean): Promise<StatusParams> {
    const seen = this.statuses.find(fits);
    if (seen) return Promise.resolve(seen);
    return new Promise((resolve) => {
      this.#waiting.push((status) => {
        if (fits(status)) resolve(status);
      });
    });
  }

  async shutDown(): Promise<ServerExit> {
    await this.connection.sendRequest(ShutdownRequest.type);
    await this.connection.sendNotification(ExitNotification.type);
    return this.exited;
  }

  /** Ends the process if it is still there, and removes its folder. */
  async dispose(): Promise<void> {
    this.connection.dispose();
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill("SIGKILL");
    await this.exited;
    if (this.#ownsHome) await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}

function itemsOf(
  answer: InlineCompletionList | InlineCompletionItem[] | null,
): readonly InlineCompletionItem[] {
  return Array.isArray(answer) ? answer : (answer?.items ?? []);
}

async function exitOf(child: ChildProcess): Promise<ServerExit> {
  const [code, signal] = await once(child, "exit");
  return { code, signal };
}

async function launch(options: StartOptions, home: string) {
  const program = options.program ?? entryPoint("server");
  const env = { ...process.env, HEARTH_HOME: home, LC_ALL: "C", ...alone, ...options.env };
  const args = [...(options.args ?? [])];
  if (options.transport === "ipc") {
    const child = fork(program, ["--node-ipc", ...args], { env, silent: true });
    return {
      child,
      channel: [new IPCMessageReader(child), new IPCMessageWriter(child)] as const,
    };
  }
  if (options.transport === "socket") {
    const { port, connected } = await listen();
    const child = spawn(process.execPath, [program, `--socket=${port}`, ...args], { env });
    const socket = await connected;
    return { child, channel: [new StreamMessageReader(socket), new StreamMessageWriter(socket)] as const };
  }
  const child = spawn(process.execPath, [program, "--stdio", ...args], { env });
  return {
    child,
    channel: [new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin)] as const,
  };
}

async function listen(): Promise<{ readonly port: number; readonly connected: Promise<Socket> }> {
  const server = createServer();
  const connected = once(server, "connection").then(([socket]) => {
    server.close();
    return socket as Socket;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return { port: address.port, connected };
}
