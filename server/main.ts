#!/usr/bin/env node
/** The language server as a program: reads its command line, opens the transport, ends the process. */

import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { systemClock } from "./base/clock.ts";
import { FileLog } from "./base/file-log.ts";
import { languageOfEnvironment } from "./base/l10n.ts";
import { oldestNode, runsOn } from "./base/node-versions.ts";
import { packageVersion } from "./base/package-version.ts";
import { readLocalizer } from "./base/read-localizer.ts";
import { hearthHome } from "./config/home.ts";
import { packageFile, wordsFolder } from "./entries.ts";
import { LanguageServer } from "./lsp/language-server.ts";
import { parseServerArguments, type ServerArguments } from "./lsp/transport/arguments.ts";
import { openTransport } from "./lsp/transport/open-transport.ts";
import { createServices } from "./services.ts";

const { env } = process;
const localizer = readLocalizer(languageOfEnvironment(env), wordsFolder());
const { t } = localizer;

/** A megabyte of text is weeks of ordinary use. */
const maxLogBytes = 1024 * 1024;

if (!runsOn(process.versions.node)) {
  complain(t("Hearth needs Node.js {0} or newer; this is {1}.", oldestNode, process.versions.node));
  process.exit(1);
}
void main(parseServerArguments(process.argv.slice(2)));

async function main(args: ServerArguments): Promise<void> {
  switch (args.kind) {
    case "help":
      process.stdout.write(`${usage()}\n`);
      return;
    case "version":
      process.stdout.write(`${packageVersion(packageFile())}\n`);
      return;
    case "wrong":
      process.stderr.write(
        `${t("Wrong usage: {0}", args.found || t("no transport is named"))}\n${usage()}\n`,
      );
      process.exitCode = 2;
      return;
    case "serve":
      await serve(args);
  }
}

async function serve(args: Extract<ServerArguments, { kind: "serve" }>): Promise<void> {
  preferSmallHeap();
  const transport = await openTransport(args.transport).catch((error: unknown) => {
    complain(t("There is no way to the client: {0}", String(error)));
    process.exit(1);
  });
  const server = new LanguageServer({
    version: packageVersion(packageFile()),
    transport,
    clock: systemClock,
    home: hearthHome(env),
    localizer: (language) => readLocalizer(language, wordsFolder()),
    ownWords: localizer,
    openLog,
    createServices,
    complain,
    onEnd: (status) => process.exit(status),
  });
  if (args.clientProcessId !== undefined) server.watch(args.clientProcessId);
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, () => server.end(0));
  process.on("uncaughtException", (error) => {
    complain(error.stack ?? error.message);
    server.end(1);
  });
  process.on("unhandledRejection", (reason) => {
    complain(reason instanceof Error ? (reason.stack ?? reason.message) : String(reason));
  });
  // Whoever read standard error may be gone; that alone is no reason to fail.
  process.stderr.on("error", () => process.stderr.destroy());
}

/**
 * Every change of a document makes a new text. Left to itself V8 lets hundreds of megabytes of old ones pile up
 * before it looks; this keeps it near 20, for a tenth more time in it. An editor's Electron takes the flag on
 * its command line only.
 */
function preferSmallHeap(): void {
  if (process.versions["electron"] === undefined) setFlagsFromString("--optimize-for-size");
}

function openLog(home: string): FileLog {
  const path = join(home, "logs", "server.log");
  return new FileLog({
    path,
    maxBytes: maxLogBytes,
    now: () => new Date(),
    onFailure: (error) => complain(t("Nothing more is written to {0}: {1}", path, error.message)),
  });
}

function complain(sentence: string): void {
  process.stderr.write(`hearth-language-server: ${sentence}\n`);
}

function usage(): string {
  return t("Usage: hearth-language-server --stdio | --node-ipc | --socket=PORT");
}
