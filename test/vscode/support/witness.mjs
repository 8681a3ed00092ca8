/**
 * Loaded into a program of Hearth before its own code: writes down that it has started, and each address
 * that it connects to or looks up, whatever library asked for it.
 */

import dgram from "node:dgram";
import dns from "node:dns";
import { appendFileSync } from "node:fs";
import net from "node:net";
import process from "node:process";

/** The copy of a program names itself in front of its import; see `witnessed.ts`. */
export function watch(program) {
  const write = (to) =>
    appendFileSync(process.env.HEARTH_WITNESS, `${JSON.stringify({ program, ...(to && { to }) })}\n`);
  write();
  before(net.Socket.prototype, "connect", ([first]) => {
    // Node calls itself with the arguments already sorted into an array.
    const target = Array.isArray(first) ? first[0] : first;
    if (typeof target === "number") write(`port ${target}`);
    else if (target?.path === undefined) write(target?.host ?? "localhost");
  });
  before(dns, "lookup", ([host]) => write(host));
  before(dns.promises, "lookup", ([host]) => write(host));
  before(dgram.Socket.prototype, "send", () => write("a datagram"));
}

function before(object, name, look) {
  const original = object[name];
  object[name] = function watched(...args) {
    look(args);
    return original.apply(this, args);
  };
}
