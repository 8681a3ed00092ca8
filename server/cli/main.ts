#!/usr/bin/env node
/** The command line as a program: builds what the verbs need, and ends with their status. */

import { createInterface } from "node:readline/promises";
import { backendShelf, getBackend } from "../backends.ts";
import { delay, systemClock } from "../base/clock.ts";
import { languageOf, languageOfEnvironment } from "../base/l10n.ts";
import { silentLogger } from "../base/log.ts";
import { packageVersion } from "../base/package-version.ts";
import { readLocalizer } from "../base/read-localizer.ts";
import { hearthHome } from "../config/home.ts";
import type { Settings } from "../config/schema.ts";
import { packageFile, wordsFolder } from "../entries.ts";
import type { WorkspaceFinding } from "../features/doctor/doctor-ports.ts";
import { ModelFolder } from "../fetch/model-folder.ts";
import { proxyOf } from "../fetch/proxy-settings.ts";
import type { PulledModel } from "../fetch/pull-model.ts";
import type { QuantizedModel } from "../fetch/quantize-model.ts";
import { describeStep, type StepDown } from "../model/describe-step.ts";
import { createServices } from "../services.ts";
import { runCli } from "./app.ts";
import { languageArgument } from "./arguments.ts";
import type { CliServices, PullRequest, QuantizeRequest } from "./cli-context.ts";
import { Interruption, interruptingSignals } from "./interruption.ts";
import { exitStatus } from "./run-verb.ts";
import { visibleText } from "./visible-text.ts";

/** What is nearest is read first: the rest of a huge workspace is not worth a longer wait. */
const readingPatienceMs = 5000;

const { env } = process;
const argv = process.argv.slice(2);
const tag = languageArgument(argv);
const language = tag === undefined ? languageOfEnvironment(env) : languageOf(tag);
const localizer = readLocalizer(language, wordsFolder());
const home = hearthHome(env);
const interruption = new AbortController();
const shelf = backendShelf(home);

for (const signal of interruptingSignals) {
  process.once(signal, () => {
    const reason = new Interruption(signal);
    interruption.abort(reason);
    process.stdin.destroy();
    // Whatever is still in the way ends here; a second signal ends the process by itself.
    setTimeout(() => process.exit(reason.status), 2000).unref();
  });
}
process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
  // Whoever read the output has had enough, as `head` has.
  if (code === "EPIPE") process.exit(exitStatus.done);
  process.stderr.write(`${localizer.t("The output cannot be written ({0}).", code ?? message)}\n`);
  process.exit(exitStatus.failed);
});
// There is nowhere left to say it.
process.stderr.on("error", () => process.exit(exitStatus.failed));

const status = await runCli({
  argv,
  version: packageVersion(packageFile()),
  context: {
    process: { stdout: process.stdout, stderr: process.stderr, env },
    cwd: process.cwd(),
    nodeVersion: process.versions.node,
    home,
    stdin: process.stdin,
    localizer,
    signal: interruption.signal,
    openServices,
    machine: async (signal) => {
      const { machine } = await import("../models.ts");
      return machine(home, signal);
    },
    openReasonModel: async (settings, signal) => {
      const { openReasonModel } = await import("../reason-model.ts");
      return openReasonModel({ home, settings, env, log: silentLogger, onStep }, signal);
    },
    doctor: async ({ root, ...request }, signal) => {
      const { doctor } = await import("../doctor.ts");
      const workspace = () => readWorkspace(root, request.settings, signal);
      return doctor({ home, localizer, workspace, ...request }, signal);
    },
    models: { folder: new ModelFolder(home), inOllama, pull, quantize },
    backends: {
      choose: (signal) => shelf.choose(signal),
      get: (request, signal) => getBackend({ home, proxy: proxyOf(env), ...request }, signal),
      remove: (name) => shelf.remove(name),
    },
    erase: async (look, signal) => {
      const { erase } = await import("../erase.ts");
      return erase(look, signal);
    },
    confirm: process.stdin.isTTY && process.stderr.isTTY ? confirm : undefined,
  },
});
await Promise.all([process.stdout, process.stderr].map(flushed));
process.exit(status);

function onStep(step: StepDown): void {
  process.stderr.write(`${visibleText(describeStep(step, localizer))}\n`);
}

/** What was written to a pipe may still be on its way. */
function flushed(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}

function openServices(settings: Settings, onStatus: () => void): CliServices {
  const services = createServices({
    home,
    settings,
    trust: "trusted",
    localizer,
    log: silentLogger,
    onStatus,
  });
  return {
    addFolder: (path) => services.addFolder(path),
    documentOpened: (snapshot) => services.documentOpened(snapshot),
    statusFacts: () => services.statusFacts(),
    workspace: () => services.workspace(),
    complete: (request, signal) => services.complete(request, signal),
    settled: async (signal) => {
      await services.model.settled(signal);
      const read = new AbortController();
      const idle = services.builtin.idle().then(() => read.abort());
      await Promise.race([
        idle,
        delay(systemClock, readingPatienceMs, AbortSignal.any([signal, read.signal])),
      ]);
    },
    dispose: () => services.dispose(),
  };
}

async function pull(request: PullRequest, signal: AbortSignal): Promise<PulledModel> {
  // Only this verb goes to the world, and what it takes for that is slow to load.
  const { fetchModel } = await import("../models.ts");
  return fetchModel({ home, proxy: proxyOf(env), ...request }, signal);
}

async function inOllama(settings: Settings, signal: AbortSignal): Promise<readonly string[]> {
  const { modelsInOllama } = await import("../models.ts");
  return modelsInOllama(settings, signal);
}

async function quantize(request: QuantizeRequest, signal: AbortSignal): Promise<QuantizedModel> {
  const models = await import("../models.ts");
  return models.quantize({ home, ...request }, signal);
}

/** The terminal stays as it is, so that its keys that interrupt do so here too. */
async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  try {
    return /^(y|yes|是)$/i.test((await lines.question(`${question} [y/N] `, { signal })).trim());
  } finally {
    lines.close();
  }
}

/** As far as completion would read it before it answers; no model is loaded for that. */
async function readWorkspace(
  root: string,
  settings: Settings,
  signal: AbortSignal,
): Promise<WorkspaceFinding> {
  const services = openServices({ ...settings, "roles.complete": "builtin/ngram" }, () => {});
  try {
    services.addFolder(root);
    await services.settled(signal);
    return await services.workspace();
  } finally {
    services.dispose();
  }
}
