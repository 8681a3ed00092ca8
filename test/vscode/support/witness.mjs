/**
 * Loaded into every Node process of a test run: writes down each program that starts and each address
 * that it connects to or looks up, whatever library asked for it.
 */

import dgram from "node:dgram";
import dns from "node:dns";
import { appendFileSync } from "node:fs";
import net from "node:net";
import process from "node:process";

const file = process.env.HEARTH_WITNESS;
const program = process.argv[1] ?? "";

function write(row) {
  if (file) appendFileSync(file, `${JSON.stringify({ program, ...row })}\n`);
}

function watch(object, name, describe) {
  const original = object[name];
  object[name] = function watched(...args) {
    const to = describe(args);
    if (to !== undefined) write({ to });
    return original.apply(this, args);
  };
}

write({ started: true });
watch(net.Socket.prototype, "connect", ([first]) => {
  // Node calls itself with the arguments already sorted into an array.
  const target = Array.isArray(first) ? first[0] : first;
  if (typeof target === "number") return `port ${target}`;
  if (typeof target !== "object" || target === null || target.path !== undefined) return undefined;
  return target.host ?? target.address ?? "localhost";
});
watch(dns, "lookup", ([host]) => host);
watch(dns.promises, "lookup", ([host]) => host);
watch(dgram.Socket.prototype, "send", () => "a datagram");
