/** The command line of the language server. */

import { parseArgs } from "node:util";

export type Transport =
  | { readonly kind: "stdio" }
  | { readonly kind: "ipc" }
  /** The client listens on this port of the loopback interface, and the server connects. */
  | { readonly kind: "socket"; readonly port: number };

export type ServerArguments =
  | { readonly kind: "serve"; readonly transport: Transport; readonly clientProcessId?: number }
  | { readonly kind: "help" | "version" }
  | { readonly kind: "wrong"; readonly found: string };

export function parseServerArguments(args: readonly string[]): ServerArguments {
  try {
    return interpret(read(args));
  } catch (error) {
    if (error instanceof TypeError) return { kind: "wrong", found: args.join(" ") };
    throw error;
  }
}

type Values = ReturnType<typeof read>;

function read(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      stdio: { type: "boolean" },
      "node-ipc": { type: "boolean" },
      socket: { type: "string" },
      // Clients of vscode-languageclient add it.
      clientProcessId: { type: "string" },
      help: { type: "boolean", short: "h" },
      version: { type: "boolean", short: "v" },
    },
  }).values;
}

function interpret(values: Values): ServerArguments {
  if (values.help) return { kind: "help" };
  if (values.version) return { kind: "version" };
  const transports = transportsOf(values);
  const [transport] = transports;
  if (!transport) return { kind: "wrong", found: "" };
  if (transports.length > 1) return { kind: "wrong", found: transports.map(({ kind }) => kind).join(" ") };
  if (transport.kind === "socket" && !isPort(transport.port)) {
    return { kind: "wrong", found: `--socket=${values.socket ?? ""}` };
  }
  const processId = Number(values.clientProcessId);
  return Number.isInteger(processId) && processId > 0
    ? { kind: "serve", transport, clientProcessId: processId }
    : { kind: "serve", transport };
}

function transportsOf(values: Values): readonly Transport[] {
  const transports: Transport[] = [];
  if (values.stdio) transports.push({ kind: "stdio" });
  if (values["node-ipc"]) transports.push({ kind: "ipc" });
  if (values.socket !== undefined) transports.push({ kind: "socket", port: Number(values.socket) });
  return transports;
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value < 65_536;
}
