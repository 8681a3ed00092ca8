/** Opens the way to the client: standard streams, Node's IPC channel, or a socket on the loopback interface. */

import { connect } from "node:net";
import {
  IPCMessageReader,
  IPCMessageWriter,
  type MessageReader,
  type MessageWriter,
  SocketMessageWriter,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";
import { FramedMessageReader } from "../../base/framed-message-reader.ts";
import type { Transport } from "./arguments.ts";

/** A document of 50 MB, escaped, fits four times over. */
const limits = { maxBodyBytes: 256 * 1024 * 1024 };

export interface OpenTransport {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
}

/** Rejects when there is no IPC channel, or nobody listens on the port. */
export async function openTransport(transport: Transport): Promise<OpenTransport> {
  switch (transport.kind) {
    case "stdio":
      return {
        reader: new FramedMessageReader(process.stdin, limits),
        writer: new StreamMessageWriter(process.stdout),
      };
    case "ipc":
      if (!process.send) throw new Error("no IPC channel");
      return { reader: new ChannelReader(process), writer: new IPCMessageWriter(process) };
    case "socket":
      return openSocket(transport.port);
  }
}

function openSocket(port: number): Promise<OpenTransport> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve({ reader: new FramedMessageReader(socket, limits), writer: new SocketMessageWriter(socket) });
    });
  });
}

/** The library's reader waits for an event that a process never sends; the channel ends with `disconnect`. */
class ChannelReader extends IPCMessageReader {
  constructor(channel: NodeJS.Process) {
    super(channel);
    channel.on("disconnect", () => this.fireClose());
  }
}
