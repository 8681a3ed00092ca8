/**
 * The rest of a line, token by token: a beam over what the counts say may follow, each finished line weighed by
 * how well it fits what stands behind it. The same counts and the same place give the same guess.
 */

import { confidences, type WeighedLine } from "./confidence.ts";
import type { LineSite } from "./line-site.ts";
import { bracketsAfter, Mixer } from "./mixer.ts";
import { endsWell, type Start, sureStart } from "./sure-start.ts";
import { type Context, longestContext, type TokenIndex } from "./token-index.ts";
import { isWordCode } from "./tokenizer.ts";
import { isBreak, special, type Vocabulary } from "./vocabulary.ts";

export const tuning = {
  /** Places read per context length and index. */
  places: 96,
  beam: 6,
  branches: 6,
  mostTokens: 40,
  mostFinished: 8,
  fitWeight: 0.6,
  /** Lines that are less probable than the best by more than this, in natural logarithms, are given up. */
  margin: 6,
  /** Of what is left for tokens that never followed, the share of the word at the cursor as it stands. */
  newWord: 0.01,
};

/** A finished line. */
export interface Guess extends WeighedLine {
  readonly text: string;
  readonly tokens: number;
  /** What lines are ranked by: the logarithm of its chance, and how well it fits what stands behind it. */
  readonly score: number;
  /** 0 to 1: how often a line like this is exactly right. */
  readonly confidence: number;
}

export interface Guesses {
  /** Best first; none when nothing ever followed. */
  readonly lines: readonly Guess[];
  /** The longest that is sure. */
  readonly start: Start | undefined;
}

export interface GuessSources {
  readonly vocabulary: Vocabulary;
  /** Counts of the document, without what stands behind the cursor on its line. */
  readonly document: TokenIndex;
  readonly usesOf: (id: number) => number;
  readonly workspace: TokenIndex;
}

interface Line {
  readonly ids: readonly number[];
  readonly text: string;
  readonly tokens: number;
  readonly chance: number;
  /** Brackets that the guess opened and has not closed. */
  readonly depth: number;
  /** The brackets that are open on the whole line, innermost last. */
  readonly open: string;
}

/** A line and the token that may come next. */
interface Extension {
  readonly line: Line;
  readonly id: number;
  readonly spaced: boolean;
  readonly chance: number;
}

interface FinishedLine extends Line {
  /** The logarithm of the share of the line break that does follow among those that may. */
  readonly breakFit: number;
}

export class LineGuesser {
  readonly #mixer = new Mixer();
  readonly #context: Context = { ids: new Uint32Array(longestContext), length: 0 };

  guess(site: LineSite, sources: GuessSources): Guesses {
    let lines = site.typed === "" ? [startOf(site)] : this.#startsWithin(site, sources);
    let start: Start | undefined;
    const finished: FinishedLine[] = [];
    for (let step = 0; step < tuning.mostTokens && lines.length > 0; step++) {
      const [first] = lines;
      const next: Extension[] = [];
      for (const line of lines) this.#extend(line, { site, sources, next, finished });
      if (first && endsWell(site.linePrefix + first.text, followerOf(first, next, sources.vocabulary)))
        start = sureStart(first) ?? start;
      const bar = leastChance(finished);
      lines = best(next, tuning.beam)
        .filter((extension) => extension.chance > bar)
        .map((extension) => longer(extension, site, sources.vocabulary));
      if (isSettled(lines, finished)) break;
    }
    const bar = leastChance(finished);
    const near = best(finished, tuning.mostFinished).filter((line) => line.chance > bar);
    return { lines: this.#weigh(near, site, sources), start };
  }

  /** The word at the cursor may be whole, or the start of a longer one. */
  #startsWithin(site: LineSite, sources: GuessSources): Line[] {
    this.#predict({ ids: site.before, open: site.open }, sources);
    const mixer = this.#mixer;
    const { vocabulary } = sources;
    const whole = vocabulary.idOf(site.typed);
    const lines: Line[] = [
      {
        ...startOf(site),
        ids: [...site.before, whole],
        chance: Math.log(Math.max(mixer.probabilityOf(whole), mixer.unseen * tuning.newWord)),
      },
    ];
    for (let i = 0; i < mixer.size; i++) {
      const id = mixer.ids[i] ?? 0;
      const text = vocabulary.textOf(id);
      if (text.length <= site.typed.length || !text.startsWith(site.typed)) continue;
      const chance = Math.log(mixer.probabilities[i] ?? 0);
      lines.push({
        ids: [...site.before, id],
        text: text.slice(site.typed.length),
        tokens: 1,
        chance,
        depth: 0,
        open: site.open,
      });
    }
    const total = Math.log(lines.reduce((sum, line) => sum + Math.exp(line.chance), 0));
    return best(
      lines.map((line) => ({ ...line, chance: line.chance - total })),
      tuning.beam,
    );
  }

  #extend(
    line: Line,
    into: {
      readonly site: LineSite;
      readonly sources: GuessSources;
      readonly next: Extension[];
      readonly finished: FinishedLine[];
    },
  ): void {
    const { site, sources } = into;
    this.#predict(line, sources);
    const mixer = this.#mixer;
    const end = site.after[0] ?? special.breakSame;
    let ending = 0;
    const chosen: number[] = [];
    for (let i = 0; i < mixer.size; i++) {
      const id = mixer.ids[i] ?? 0;
      if (isBreak(id) ? isBreak(end) : id === end && line.depth === 0) ending += mixer.probabilities[i] ?? 0;
      else if (id > special.breakFarOut && !closesTooMuch(id, line, into)) this.#choose(chosen, i);
    }
    if (ending > 0 && line.tokens > 0) {
      const breakFit = isBreak(end) ? Math.log(mixer.shareOfBreak(end)) : 0;
      into.finished.push({ ...line, chance: line.chance + Math.log(ending), breakFit });
    }
    for (const i of chosen) {
      const chance = line.chance + Math.log(mixer.probabilities[i] ?? 0);
      into.next.push({ line, id: mixer.ids[i] ?? 0, spaced: mixer.spaced(i), chance });
    }
  }

  /** Keeps `chosen` the most probable candidates, most probable first. */
  #choose(chosen: number[], candidate: number): void {
    const { probabilities } = this.#mixer;
    const probability = probabilities[candidate] ?? 0;
    let at = chosen.length;
    while (at > 0 && (probabilities[chosen[at - 1] ?? 0] ?? 0) < probability) at--;
    if (at >= tuning.branches) return;
    chosen.splice(at, 0, candidate);
    if (chosen.length > tuning.branches) chosen.pop();
  }

  #weigh(finished: readonly FinishedLine[], site: LineSite, sources: GuessSources): Guess[] {
    const lines = finished.map((line) => ({ ...line, fits: this.#fits(line, site, sources) }));
    const sure = confidences(lines);
    return lines
      .map(({ text, tokens, chance, fits }, i) => {
        const score = chance + tuning.fitWeight * fits.reduce((sum, fit) => sum + fit, 0);
        return { text, tokens, chance, fits, score, confidence: sure[i] ?? 0 };
      })
      .sort((a, b) => b.score - a.score);
  }

  #fits(line: FinishedLine, site: LineSite, sources: GuessSources): number[] {
    const ids = [...line.ids];
    let { open } = line;
    const fits = [line.breakFit];
    for (const [i, id] of site.after.slice(0, 4).entries()) {
      if (i > 0) {
        this.#predict({ ids, open }, sources);
        fits.push(Math.log(this.#mixer.probabilityOf(id)));
      }
      ids.push(id);
      open = isBreak(id) ? "" : bracketsAfter(open, sources.vocabulary.textOf(id));
    }
    return fits;
  }

  #predict(line: { readonly ids: readonly number[]; readonly open: string }, sources: GuessSources): void {
    const { ids, open } = line;
    const context = this.#context;
    context.length = Math.min(longestContext, ids.length);
    for (let i = 0; i < context.length; i++) context.ids[i] = ids[ids.length - 1 - i] ?? 0;
    const mixer = this.#mixer;
    mixer.clear();
    sources.document.followers(context, tuning.places, mixer.document);
    sources.workspace.followers(context, tuning.places, mixer.workspace);
    mixer.mix({ vocabulary: sources.vocabulary, usesOf: sources.usesOf, recent: ids.slice(-6), open });
  }
}

function startOf(site: LineSite): Line {
  return { ids: site.before, text: "", tokens: 0, chance: 0, depth: 0, open: site.open };
}

function longer({ line, id, spaced, chance }: Extension, site: LineSite, vocabulary: Vocabulary): Line {
  const text = vocabulary.textOf(id);
  const code = text.charCodeAt(0);
  return {
    ids: [...line.ids, id],
    text: line.text + gap(line, site, { spaced, code }) + text,
    tokens: line.tokens + 1,
    chance,
    open: bracketsAfter(line.open, text),
    depth: line.depth + (opening.has(code) ? 1 : closing.has(code) && line.depth > 0 ? -1 : 0),
  };
}

/** The likeliest token behind a line. */
function followerOf(
  line: Line,
  next: readonly Extension[],
  vocabulary: Vocabulary,
): { readonly text: string; readonly spaced: boolean } | undefined {
  const own = next.filter((extension) => extension.line === line);
  const [likely] = best(own, 1);
  return likely && { text: vocabulary.textOf(likely.id), spaced: likely.spaced };
}

/** What a line must beat to be worth growing or weighing. */
function leastChance(finished: readonly FinishedLine[]): number {
  let top = -Infinity;
  for (const { chance } of finished) if (chance > top) top = chance;
  return top - tuning.margin;
}

function best<T extends { readonly chance: number }>(lines: T[], count: number): T[] {
  return lines.sort((a, b) => b.chance - a.chance).slice(0, count);
}

/** Nothing that is still growing can come near the lines that are finished. */
function isSettled(growing: readonly Line[], finished: FinishedLine[]): boolean {
  if (finished.length === 0) return false;
  finished.sort((a, b) => b.chance - a.chance);
  const bar = finished[Math.min(finished.length - 1, 3)]?.chance ?? 0;
  return (growing[0]?.chance ?? -Infinity) < bar - 3;
}

const opening = new Set(Array.from("([{", (mark) => mark.charCodeAt(0)));
const closing = new Set(Array.from(")]}", (mark) => mark.charCodeAt(0)));

/** Behind the cursor the editor has closed what is open: the guess must not do it again. */
function closesTooMuch(
  id: number,
  line: Line,
  into: { readonly site: LineSite; readonly sources: GuessSources },
): boolean {
  if (into.site.rest === "" || line.depth > 0) return false;
  return closing.has(into.sources.vocabulary.textOf(id).charCodeAt(0));
}

function gap(line: Line, site: LineSite, next: { readonly spaced: boolean; readonly code: number }): string {
  const last = line.text === "" ? site.lastCode : line.text.charCodeAt(line.text.length - 1);
  if (last === 32 || last === 9 || (line.text === "" && site.lineStart)) return "";
  return next.spaced || (isWordCode(last) && isWordCode(next.code)) ? " " : "";
}
