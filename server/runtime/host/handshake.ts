/**
 * Both ends prove that they can read the key file, without sending the key: a host that is an impostor
 * learns nothing, and is told no code.
 */

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { open, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import * as v from "valibot";
import type { MessageConnection } from "vscode-jsonrpc/node";
import { readWithoutWaiting } from "../../base/regular-file.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { handled } from "../wire/expose-runtime.ts";
import { isSecret } from "./ownership.ts";
import { helloRequest, helloSchema, proveRequest, proveSchema, welcomeSchema } from "./protocol.ts";

const longestKey = 256;

export interface HostIdentity {
  readonly key: string;
  readonly pid: number;
}

/** The client's side; resolves with the host's process id. */
export async function greetHost(connection: MessageConnection, keyFile: string): Promise<number> {
  const nonce = randomBytes(32).toString("hex");
  const welcome = v.parse(welcomeSchema, await connection.sendRequest(helloRequest, { nonce }));
  const key = await readKey(keyFile);
  if (!same(welcome.proof, prove(key, "host", nonce))) {
    throw notOurHost();
  }
  await connection.sendRequest(proveRequest, { proof: prove(key, "client", welcome.nonce) });
  return welcome.pid;
}

export function notOurHost(): RuntimeError {
  return new RuntimeError("refused", "What answers at the runtime host's address is not our host.");
}

/** The host's side; calls `admit` once the client has proved itself, `reject` when it failed to. */
export function awaitGreeting(
  connection: MessageConnection,
  identity: HostIdentity,
  outcome: { readonly admit: () => void; readonly reject: () => void },
): void {
  const nonce = randomBytes(32).toString("hex");
  connection.onRequest(helloRequest, (raw) =>
    handled(helloSchema, raw, (hello) => ({
      nonce,
      proof: prove(identity.key, "host", hello.nonce),
      pid: identity.pid,
    })),
  );
  connection.onRequest(proveRequest, (raw) =>
    handled(proveSchema, raw, ({ proof }) => {
      const proved = same(proof, prove(identity.key, "client", nonce));
      if (!proved) {
        outcome.reject();
        throw new RuntimeError("refused", "The client does not know the key.");
      }
      outcome.admit();
      return true;
    }),
  );
}

/** A new key for a host that starts, in place at once and whole. */
export async function writeKey(keyFile: string): Promise<string> {
  const key = randomBytes(32).toString("hex");
  const fresh = `${keyFile}.${process.pid}`;
  await writeFile(fresh, key, { mode: 0o600 });
  await rename(fresh, keyFile);
  return key;
}

/** The key, unless someone else could have laid it there or read it. */
async function readKey(keyFile: string): Promise<string> {
  const file = await open(keyFile, readWithoutWaiting);
  try {
    if (!isSecret(await file.stat())) {
      throw new RuntimeError(
        "refused",
        "{0} is not a file of yours that only you can read. Remove the folder {1}: it is made again.",
        { values: [keyFile, dirname(keyFile)] },
      );
    }
    const { buffer, bytesRead } = await file.read(Buffer.alloc(longestKey), 0, longestKey, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

function prove(key: string, who: "host" | "client", nonce: string): string {
  return createHmac("sha256", key).update(`${who}:${nonce}`).digest("hex");
}

function same(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
