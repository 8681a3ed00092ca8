/** Completes in the real files of this repository with the built-in completer, hits and misses alike. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { delay, systemClock } from "../../server/base/clock.ts";
import { milliseconds, sourceOf } from "../../server/cli/show-completion.ts";
import { languageOfPath } from "../../server/text/language-of-path.ts";
import { choosePlaces, type Place, type SourceText } from "./places.ts";
import { median, type Stage } from "./stage.ts";

const placesAsked = 360;
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
  await calibrated(stage);
  const places = choosePlaces(sourcesOf(root), placesAsked);
  const results: Result[] = [];
  for (const place of places) results.push(await ask(stage, place));
  const shown = results.filter((result): result is ShownResult => result.kind === "shown");
  const surest = shown.toSorted((a, b) => b.confidence - a.confidence);
  page.say(
    t(
      "The {0} texts that it is surest of, right or wrong, {1} after the start of this program:",
      Math.min(placesShown, surest.length),
      milliseconds(performance.now()),
    ),
  );
  const listed = showpieceFirst(surest.slice(0, placesShown));
  for (const result of listed) show(stage, result);
  sum(stage, results, shown);
  return [...listed, ...surest.slice(placesShown)].map(({ place }) => place);
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

/** How long to wait for it to find out, on this code, how sure it must be; then its first setting holds. */
const patienceMs = 4000;

async function calibrated({ services, signal }: Stage): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline && !signal.aborted) {
    if ("typescript" in (await services.builtin.status()).gates) return;
    await delay(systemClock, 50, signal);
  }
}

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

/** Silent: no guess passed the gate. */
type Result = ShownResult | (Asked & { readonly kind: "silent" });

async function ask({ services, signal, localizer }: Stage, place: Place): Promise<Result> {
  const { snapshot, offset } = place;
  services.documentOpened(snapshot);
  const position = snapshot.positionAt(offset);
  const started = performance.now();
  const outcome = await services.complete({ snapshot, position, trigger: "automatic" }, signal);
  const tookMs = performance.now() - started;
  services.documentClosed(snapshot.uri);
  const text = outcome.kind === "suggested" ? outcome.items[0]?.text : undefined;
  if (outcome.kind !== "suggested" || text === undefined) return { kind: "silent", place, tookMs };
  const { report } = outcome;
  const source = sourceOf(report, localizer);
  return { kind: "shown", place, tookMs, text, confidence: report.confidence ?? 0, source };
}

function show({ page, localizer }: Stage, { place, text, source }: ShownResult): void {
  const { t } = localizer;
  const { line } = place.snapshot.positionAt(place.offset);
  page.line();
  page.place(`${place.path}:${line + 1}`, source);
  page.code(beforeOf(place), text);
  page.verdict(
    isWritten(place, text)
      ? page.paint.good(t("as the author wrote it"))
      : `${page.paint.warn(t("the author wrote:"))} ${place.written.trim()}`,
  );
}

function sum(
  { page, localizer: { t } }: Stage,
  results: readonly Result[],
  shown: readonly ShownResult[],
): void {
  const right = shown.filter(({ place, text }) => isWritten(place, text)).length;
  page.line();
  page.say(
    t(
      "It was asked to write the rest of the line at {0} places, spread evenly over this code. At {1} no guess was likely enough to be right, so it showed nothing. Of the {2} texts that it showed, {3} are exactly what the author wrote. Half of the answers took {4} or less.",
      results.length,
      results.length - shown.length,
      shown.length,
      right,
      milliseconds(median(results.map(({ tookMs }) => tookMs))),
    ),
  );
  page.say(
    t(
      "The README's 30 % counts every guess, shown or not, in five packages whose code repeats itself more than this.",
    ),
  );
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
