/**
 * Where the runtime host of a person and a HEARTH_HOME is reached. Everything lies in folders that only they
 * can enter, and carries the protocol's version: another version has a host of its own.
 */

import { createHash } from "node:crypto";
import { chmod, lstat, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFolder } from "../../base/make-folder.ts";
import { RuntimeError, toRuntimeError } from "../../model/runtime-error.ts";
import { isOurs, own, writableByOthers } from "./ownership.ts";
import { hostProtocolVersion } from "./protocol.ts";

export interface HostAddress {
  /** A Unix socket, or a named pipe on Windows. */
  readonly socket: string;
  readonly keyFile: string;
  readonly lockFile: string;
}

/** sockaddr_un holds 108 bytes on Linux and 104 on macOS, the closing zero among them. */
const longestSocketPath = 103;

/** Makes the folders when they are missing. */
export async function hostAddress(home: string): Promise<HostAddress> {
  const run = join(home, "run");
  await privateFolder(run);
  const name = `host-v${hostProtocolVersion}`;
  return {
    socket: await socketPath(await realpath(run), name),
    keyFile: join(run, `${name}.key`),
    lockFile: join(run, `${name}.lock`),
  };
}

async function socketPath(run: string, name: string): Promise<string> {
  const digest = createHash("sha256").update(run).digest("hex").slice(0, 24);
  if (process.platform === "win32") return `\\\\.\\pipe\\hearth-${digest}-${name}`;
  const beside = join(run, `${name}.sock`);
  if (Buffer.byteLength(beside) <= longestSocketPath) return beside;
  const folder = join(tmpdir(), `hearth-${own() ?? 0}`);
  await privateFolder(folder);
  return join(folder, `${digest}-v${hostProtocolVersion}.sock`);
}

async function privateFolder(path: string): Promise<void> {
  await makeFolder(path).catch((error: unknown) => {
    const values = [path, toRuntimeError(error).message];
    throw new RuntimeError("internal", "{0} cannot be made: {1}", { values, cause: error });
  });
  const stats = await lstat(path);
  if (own() === undefined) return;
  if (!stats.isDirectory())
    throw new RuntimeError(
      "refused",
      "{0} must be a folder, and no link to one. Remove it: it is made again.",
      { values: [path] },
    );
  if (!isOurs(stats))
    throw new RuntimeError("refused", "{0} belongs to someone else: the runtime host does not start there.", {
      values: [path],
    });
  // Whoever could write there may have left a host of their own.
  if (writableByOthers(stats))
    throw new RuntimeError(
      "refused",
      "{0} can be written by others, so nothing in it is trusted. Remove it: it is made again.",
      { values: [path] },
    );
  if ((stats.mode & 0o077) !== 0) await chmod(path, 0o700);
}
