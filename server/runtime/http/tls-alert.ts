/**
 * What a server has against us over TLS, where it closes the connection before it answers. In TLS 1.3 it looks at
 * our certificate only when the connection stands for us already, and undici takes its alert for an end.
 */

import { isIP } from "node:net";
import { type ConnectionOptions, connect } from "node:tls";

const limitMs = 1000;

/**
 * Connects once more, sends nothing and waits for the alert. A server that closes such a connection without one
 * does not want us either. Undefined where it keeps it, or does not come so far.
 */
export function tlsAlert(url: URL, options: ConnectionOptions): Promise<Error | undefined> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port || 443);
  return new Promise((resolve) => {
    const socket = connect({ ...options, host, port, ...(isIP(host) ? {} : { servername: host }) });
    let secure = false;
    const done = (error?: Error) => {
      socket.destroy();
      resolve(secure ? error : undefined);
    };
    socket.setTimeout(limitMs, () => done());
    socket.on("secureConnect", () => {
      secure = true;
    });
    socket.on("error", (error: NodeJS.ErrnoException) =>
      done(error.code === "ECONNRESET" ? withoutAlert(error) : error),
    );
    socket.on("close", () => done(withoutAlert()));
  });
}

function withoutAlert(cause?: Error): Error {
  return Object.assign(new Error("closed", { cause }), { code: "CLOSED_WITHOUT_ALERT" });
}
