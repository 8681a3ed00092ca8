/** Completes in the real files of this repository with the built-in completer, hits and misses alike. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { delay, systemClock } from "../../server/base/clock.ts";
import type { Localizer } from "../../server/base/l10n.ts";
import { milliseconds, reasonOf, sourceOf } from "../../server/cli/show-completion.ts";
import type { CompletionRequest, SkipReason } from "../../server/features/completion/completion-outcome.ts";
import { languageOfPath } from "../../server/text/language-of-path.ts";
import { choosePlaces, type Place, type SourceText } from "./places.ts";
import { median, type Stage } from "./stage.ts";

const placesAsked = 360;
const placesShown = 5;
/** The first examples come from so many of them, before it has found out how sure it must be. */
const placesForExamples = 40;

/** The places where it wrote something, for a model to try too. */
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
  const listed = await examples(stage, places);
  // Read anew, so that no question was in between and every run counts the same.
  services.removeFolder(root);
  services.addFolder(root);
  if (!(await calibrated(stage)))
    page.say(
      t("It has not found out yet how sure it must be on this code; the numbers differ from run to run."),
    );
  const results = await askAll(stage, places, "automatic");
  sum(stage, results);
  const known = new Set(listed.map(({ place }) => place));
  return [...known, ...surestOf(results).map(({ place }) => place)].filter(
    (place, index, all) => all.indexOf(place) === index,
  );
}

/** What it writes for whoever asks by hand, which it does where it is less sure too. */
async function examples(stage: Stage, places: readonly Place[]): Promise<readonly ShownResult[]> {
  const { page, localizer } = stage;
  const every = Math.ceil(places.length / placesForExamples);
  const some = places.filter((_, index) => index % every === 0);
  const results = await askAll(stage, some, "manual");
  const listed = showpieceFirst(surestOf(results).slice(0, placesShown));
  page.say(
    localizer.t(
      "Asked by hand at {0} places, this is what it is surest of, right or wrong, {1} after the start of this program:",
      some.length,
      milliseconds(performance.now()),
    ),
  );
  for (const result of listed) show(stage, result);
  return listed;
}

function surestOf(results: readonly Result[]): readonly ShownResult[] {
  return results
    .filter((result): result is ShownResult => result.kind === "shown")
    .toSorted((a, b) => b.confidence - a.confidence);
}

/** Puts first the longest statement that it ended exactly as the author did, if there is one. */
export function showpieceFirst<T extends { readonly place: Place; readonly text: string }>(
  surest: readonly T[],
): readonly T[] {
  const merit = ({ place, text }: T) =>
    isWritten(place, text) && text.endsWith(";") ? beforeOf(place).trim().length + text.length : 0;
  const [first] = surest.toSorted((a, b) => merit(b) - merit(a));
  return first ? [first, ...surest.filter((result) => result !== first)] : [];
}

/** How long to wait for it to find out, on this code, how sure it must be: some twenty times what that takes. */
const patienceMs = 60_000;

/** False when that took too long, and its first setting holds. */
async function calibrated({ services, signal }: Stage): Promise<boolean> {
  await services.builtin.idle();
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline && !signal.aborted) {
    if (!(await services.builtin.status()).calibrating) return true;
    await delay(systemClock, 50, signal);
  }
  return signal.aborted;
}

type Trigger = CompletionRequest["trigger"];

interface Asked {
  readonly place: Place;
  readonly tookMs: number;
}

interface ShownResult extends Asked {
  readonly kind: "shown";
  readonly text: string;
  readonly confidence: number;
  readonly source: string;
}

type Result = ShownResult | (Asked & { readonly kind: "silent"; readonly reason: Silence });

/** Why it showed nothing. */
export type Silence = SkipReason | "failed";

async function askAll(stage: Stage, places: readonly Place[], trigger: Trigger): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const place of places) {
    if (stage.signal.aborted) break;
    results.push(await ask(stage, place, trigger));
  }
  return results;
}

async function ask({ services, signal, localizer }: Stage, place: Place, trigger: Trigger): Promise<Result> {
  const { snapshot, offset } = place;
  services.documentOpened(snapshot);
  const position = snapshot.positionAt(offset);
  const started = performance.now();
  const outcome = await services.complete({ snapshot, position, trigger }, signal);
  const tookMs = performance.now() - started;
  services.documentClosed(snapshot.uri);
  // The file counts as it is on disk again before the next question, in every run.
  await services.builtin.idle();
  if (outcome.kind === "failed") return { kind: "silent", reason: "failed", place, tookMs };
  if (outcome.kind === "skipped") return { kind: "silent", reason: outcome.reason, place, tookMs };
  const text = outcome.items[0]?.text ?? "";
  const { report } = outcome;
  const source = sourceOf(report, localizer);
  return { kind: "shown", place, tookMs, text, confidence: report.confidence ?? 0, source };
}

function show(stage: Stage, { place, text, source }: ShownResult): void {
  const { page, localizer } = stage;
  const { t } = localizer;
  const { line } = place.snapshot.positionAt(place.offset);
  page.line();
  page.place(`${place.path}:${line + 1}`, source);
  page.code(beforeOf(place), text);
  page.verdict(
    place.written.startsWith(text.trimEnd())
      ? page.paint.good(begun(stage, place, text))
      : `${page.paint.warn(t("the author wrote:"))} ${place.written.trim()}`,
  );
}

/** Where the line was not sure, its first words alone are offered. */
function begun({ localizer: { t } }: Stage, place: Place, text: string): string {
  if (isWritten(place, text)) return t("as the author wrote it");
  return t("as the author began; the rest: {0}", place.written.slice(text.trimEnd().length).trim());
}

function sum({ page, localizer }: Stage, results: readonly Result[]): void {
  const { t } = localizer;
  const shown = surestOf(results);
  const right = shown.filter(({ place, text }) => isWritten(place, text)).length;
  const silent = results.flatMap((result) => (result.kind === "silent" ? [result.reason] : []));
  page.line();
  page.say(
    t(
      "It was asked to write the rest of the line at {0} places, spread evenly over this code. At {1} no guess was likely enough to be right, so it showed nothing. Of the {2} texts that it showed, {3} are exactly what the author wrote. Half of the answers took {4} or less.",
      results.length,
      silent.filter((reason) => reason === "unsure").length,
      shown.length,
      right,
      milliseconds(median(results.map(({ tookMs }) => tookMs))),
    ),
  );
  const others = otherSilences(silent, localizer);
  if (others !== "") page.say(t("At the others it showed nothing for another reason: {0}.", others));
  page.say(
    t(
      "The README's 30 % counts every guess, shown or not, in five packages whose code repeats itself more than this.",
    ),
  );
}

/** Each reason but that it was not sure, with how often it was the one; the most frequent first. */
export function otherSilences(silent: readonly Silence[], localizer: Localizer): string {
  const counts = Map.groupBy(
    silent.filter((reason) => reason !== "unsure"),
    (reason) => reason,
  );
  return [...counts]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([reason, { length }]) => {
      const text = reason === "failed" ? localizer.t("it failed") : reasonOf(reason, localizer);
      return `${text} (${length})`;
    })
    .join(", ");
}

function beforeOf({ snapshot, offset }: Place): string {
  return snapshot.text.slice(snapshot.lineStart(snapshot.positionAt(offset).line), offset);
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
