/**
 * `npm start`: shows on this repository, or at a place of the person's own file, what Hearth does on this
 * machine now. Asks nothing, downloads nothing, changes nothing.
 */

import { fileURLToPath } from "node:url";
import { languageOf, languageOfEnvironment } from "../server/base/l10n.ts";
import { silentLogger } from "../server/base/log.ts";
import { readLocalizer } from "../server/base/read-localizer.ts";
import { languageArgument } from "../server/cli/arguments.ts";
import { type Failure, failureText } from "../server/cli/failure.ts";
import { paintFor } from "../server/cli/paint.ts";
import { visibleText } from "../server/cli/visible-text.ts";
import { hearthHome } from "../server/config/home.ts";
import { loadSettings } from "../server/config/settings-layers.ts";
import { wordsFolder } from "../server/entries.ts";
import { createServices } from "../server/services.ts";
import { builtinPart } from "./start/builtin-part.ts";
import { foundPart, sayWhatItIsFor } from "./start/found-part.ts";
import {
  completeWith,
  loadedText,
  promptOf,
  type Speed,
  showPrompt,
  speedText,
  stream,
  withModel,
} from "./start/model-part.ts";
import { ownFilePart } from "./start/own-file-part.ts";
import { pageOn } from "./start/page.ts";
import type { Place } from "./start/places.ts";
import { modelFailure, parseStartArguments, type StartRequest } from "./start/request.ts";
import type { Stage } from "./start/stage.ts";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");
const testModel = fileURLToPath(new URL("../test/fixtures/models/seedling-q8_0.gguf", import.meta.url));
const { env } = process;
const argv = process.argv.slice(2);
const tag = languageArgument(argv);
const language = tag === undefined ? languageOfEnvironment(env) : languageOf(tag);
const localizer = readLocalizer(language, wordsFolder());
const { t } = localizer;
const interruption = new AbortController();
process.once("SIGINT", () => {
  interruption.abort();
  process.exitCode = 130;
});

// Whoever read the page has had enough, as `head` has.
process.stdout.on("error", () => process.exit(0));

await main();

async function main(): Promise<void> {
  const request = parseStartArguments(argv, localizer);
  if (request.kind === "help") {
    process.stdout.write(`${usage()}\n`);
    return;
  }
  if (request.kind === "wrong") {
    process.stderr.write(`${visibleText(request.why)}\n${usage()}\n`);
    process.exitCode = 2;
    return;
  }
  const failure = await modelFailure(request.models, localizer);
  if (failure) return fail(failure);
  const home = hearthHome(env);
  const { settings } = await loadSettings({ home });
  const services = createServices({
    home,
    // The demonstration says itself which model answers where.
    settings: { ...settings, "roles.complete": "builtin/ngram" },
    trust: "trusted",
    localizer,
    log: silentLogger,
    onStatus: () => {},
  });
  const page = pageOn(process.stdout);
  const { signal } = interruption;
  const stage: Stage = { page, localizer, services, settings, root, home, signal };
  try {
    if ((await show(stage, request)) && !signal.aborted) goOn(stage, request);
  } finally {
    services.dispose();
  }
}

/** False when there was nothing to show; then the person has been told why. */
async function show(stage: Stage, { cursor, models }: StartRequest): Promise<boolean> {
  if (cursor === undefined) {
    await tour(stage, models);
    return true;
  }
  const result = await ownFilePart(stage, { cursor, models });
  if (result.kind === "failed") {
    fail(result.failure);
    return false;
  }
  process.exitCode = result.status;
  return true;
}

function fail(failure: Failure): void {
  process.exitCode = 1;
  process.stderr.write(failureText(failure, paintFor(process.stderr)));
}

function usage(): string {
  return t("Usage: npm start -- [FILE:LINE:COLUMN] [MODEL.gguf …] [--lang en|zh-cn]");
}

async function tour(stage: Stage, named: readonly string[]): Promise<void> {
  const { page, signal } = stage;
  const places = await builtinPart(stage);
  const [first] = places;
  if (first && !signal.aborted) await testModelPart(stage, [first, ...places.slice(1, 3)]);
  if (signal.aborted) return;
  const best = await foundPart(stage, named);
  if (!best || signal.aborted) return;
  page.heading(t("Completed here by {0}", best.name));
  sayWhatItIsFor(stage, best);
  await withModel(stage, best.wanted, async (model, loadMs) => {
    page.say(loadedText(stage, model, loadMs));
    await completeWith(stage, model, places.slice(0, 4));
  });
}

/** The prompt comes from the test model's own tokenizer; its text proves only that it runs. */
async function testModelPart(stage: Stage, places: readonly [Place, ...Place[]]): Promise<void> {
  const { page, signal } = stage;
  await withModel(stage, { kind: "embedded", model: testModel }, async (model, loadMs) => {
    showPrompt(stage, model, await promptOf(model, places[0]));
    page.heading(t("llama.cpp runs inside Hearth"));
    page.say(t("A model of 3 MB that was made for tests answers at these places. Its text is not for use:"));
    const speeds: Speed[] = [];
    for (const place of places) {
      const onText = page.streamed("", page.paint.dim);
      speeds.push(await stream(model, await promptOf(model, place), { signal, stop: [], onText }));
      page.line();
    }
    page.say(loadedText(stage, model, loadMs));
    page.say(speedText(stage, speeds));
  });
}

/** Leaves out what the person has just done. */
function goOn({ page }: Stage, { cursor, models }: StartRequest): void {
  page.heading(t("How to go on"));
  if (!cursor) page.row(t("your file"), "npm start -- FILE:LINE:COLUMN");
  if (models.length === 0) {
    page.row(t("a real model"), "npm start -- path/to/model.gguf");
    page.row(
      "",
      t("any GGUF with fill-in-the-middle, such as Qwen2.5-Coder; Hearth finds those in its models folder"),
    );
  }
  page.row(t("which model"), "npx --no -- hearth plan");
  page.row(t("fetch it"), "npx --no -- hearth models pull ID:QUANT");
  page.row(t("ask it"), 'npx --no -- hearth ask "QUESTION" --file FILE');
  page.row(t("check up"), "npx --no -- hearth doctor");
  page.row(t("all commands"), "npx --no -- hearth --help");
  page.row("VS Code", "npm run install:vscode");
}
