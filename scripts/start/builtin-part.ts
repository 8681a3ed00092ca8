/** Completes in the real files of this repository with the built-in completer, hits and misses alike. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { milliseconds, sourceOf } from "../../server/cli/show-completion.ts";
import type { CompletionOutcome } from "../../server/features/completion/completion-outcome.ts";
import { languageOfPath } from "../../server/text/language-of-path.ts";
import { choosePlaces, type Place, type SourceText } from "./places.ts";
import { median, type Stage } from "./stage.ts";

const placesAsked = 240;
const placesShown = 5;

/** The places where it showed something, for a model to try too. */
export async function builtinPart(stage: Stage): Promise<readonly Place[]> {
  const { page, services, root, localizer } = stage;
  const { t } = localizer;
  const started = performance.now();
  services.addFolder(root);
  await services.builtin.idle();
  const { files, tokens } = await services.builtin.status();
  page.heading(t("Completed here, with no model"));
  page.say(
    t(
      "Read {0} files of this repository ({1} tokens) in {2}.",
      files,
      tokens.toLocaleString("en"),
      milliseconds(performance.now() - started),
    ),
  );
  const places = choosePlaces(sourcesOf(root), placesAsked);
  const results: Result[] = [];
  for (const place of places) {
    const result = await ask(stage, place);
    results.push(result);
    if (result.text === undefined) continue;
    const shown = results.filter(({ text }) => text !== undefined).length;
    if (shown === 1)
      page.say(t("The first text stood here {0} after the start.", milliseconds(performance.now())));
    if (shown <= placesShown) show(stage, result, result.text);
  }
  sum(stage, results);
  return results.filter(({ text }) => text !== undefined).map(({ place }) => place);
}

interface Result {
  readonly place: Place;
  readonly outcome: CompletionOutcome;
  /** Undefined where it held back. */
  readonly text: string | undefined;
  readonly tookMs: number;
}

async function ask({ services, signal }: Stage, place: Place): Promise<Result> {
  const { snapshot, offset } = place;
  services.documentOpened(snapshot);
  const position = snapshot.positionAt(offset);
  const started = performance.now();
  const outcome = await services.complete({ snapshot, position, trigger: "automatic" }, signal);
  const tookMs = performance.now() - started;
  services.documentClosed(snapshot.uri);
  const text = outcome.kind === "suggested" ? outcome.items[0]?.text : undefined;
  return { place, outcome, text, tookMs };
}

function show({ page, localizer }: Stage, { place, outcome }: Result, text: string): void {
  const { t } = localizer;
  const { line } = place.snapshot.positionAt(place.offset);
  const before = place.snapshot.text.slice(place.snapshot.lineStart(line), place.offset);
  const source = outcome.kind === "suggested" ? sourceOf(outcome.report, localizer) : "";
  page.line();
  page.line(`  ${page.paint.strong(`${place.path}:${line + 1}`)}  ${page.paint.dim(source)}`);
  page.code(before, text);
  if (isWritten(place, text)) page.line(`    ${page.paint.good(t("as the author wrote it"))}`);
  else page.line(`    ${page.paint.warn(t("the author wrote:"))} ${place.written.trim()}`);
}

function sum({ page, localizer: { t } }: Stage, results: readonly Result[]): void {
  const shown = results.filter(({ text }) => text !== undefined);
  const right = shown.filter(({ place, text }) => isWritten(place, text ?? "")).length;
  const begun = shown.filter(({ place, text }) => place.written.startsWith(text ?? "")).length - right;
  page.line();
  page.say(
    t(
      "Asked at {0} places, chosen without looking: silent at {1}, where it was not sure. Of {2} texts that it showed, {3} are exactly what the author wrote and {4} are its beginning. Median {5}.",
      results.length,
      results.length - shown.length,
      shown.length,
      right,
      begun,
      milliseconds(median(results.map(({ tookMs }) => tookMs))),
    ),
  );
}

function isWritten({ written }: Place, text: string): boolean {
  return written.trimEnd() === text.trimEnd();
}

function sourcesOf(root: string): readonly SourceText[] {
  return globSync("{server,src}/**/*.ts", { cwd: root })
    .map((path) => path.replaceAll("\\", "/"))
    .toSorted()
    .map((path) => ({
      path,
      uri: pathToFileURL(join(root, path)).toString(),
      languageId: languageOfPath(path),
      text: readFileSync(join(root, path), "utf8"),
    }));
}
