/**
 * The rest of a line, token by token: a beam over what the counts say may follow, each finished line weighed by
 * how well it fits what stands behind it. The same counts and the same place give the same guess.
 */

import type { LineSite } from "./line-site.ts";
import { Mixer } from "./mixer.ts";
import { type Context, type FollowerSink, longestContext, type TokenIndex } from "./token-index.ts";
import { isWordCode } from "./tokenizer.ts";
import { isBreak, special, type Vocabulary } from "./vocabulary.ts";

/** Chosen on the tuning packages of `bench/cases/packages.ts`, never on the held-out ones. */
export const tuning = {
  documentWeight: 4,
  workspaceWeight: 1,
  /** Of the different tokens seen, the share that counts as "something new follows". */
  escape: 1,
  /** Places read per context length and index. */
  places: 256,
  beam: 6,
  branches: 6,
  fitWeight: 0.6,
  mostTokens: 40,
  mostCharacters: 200,
  mostFinished: 8,
} as const;

/** A finished line. The logarithms are natural. */
export interface Guess {
  readonly text: string;
  readonly tokens: number;
  /** How probable the line is after what stands before it. */
  readonly chance: number;
  /** How probable it makes what stands behind it. */
  readonly fit: number;
  /** Its share, 0 to 1, among all lines that the beam finished. */
  readonly share: number;
}

export interface GuessSources {
  readonly vocabulary: Vocabulary;
  readonly document: TokenIndex;
  /** Places of `document` that nobody could know: the cursor's own line. */
  readonly hidden: ReadonlySet<number>;
  readonly workspace: TokenIndex;
}

interface Line {
  readonly ids: readonly number[];
  readonly text: string;
  readonly tokens: number;
  readonly chance: number;
  /** Brackets that the line opened and has not closed. */
  readonly depth: number;
}

/** The chance of a token that was never seen after any part of the context. */
const unseen = 1 / 20_000;

export class LineGuesser {
  readonly #mixer = new Mixer(tuning.escape);
  readonly #context: Context = { ids: new Uint32Array(longestContext), length: 0 };

  /** The best lines, best first; none when nothing ever followed. */
  guess(site: LineSite, sources: GuessSources): Guess[] {
    let lines = site.typed === "" ? [startOf(site)] : this.#startsWithin(site, sources);
    const finished: Line[] = [];
    for (let step = 0; step < tuning.mostTokens && lines.length > 0; step++) {
      const next: Line[] = [];
      for (const line of lines) this.#extend(line, { site, sources, next, finished });
      lines = best(next, tuning.beam);
      if (isSettled(lines, finished)) break;
    }
    return this.#weigh(best(finished, tuning.mostFinished), site, sources);
  }

  /** The word at the cursor may be whole, or the start of a longer one. */
  #startsWithin(site: LineSite, sources: GuessSources): Line[] {
    this.#predict(site.before, sources);
    const mixer = this.#mixer;
    const { vocabulary } = sources;
    const whole = vocabulary.idOf(site.typed);
    const lines: Line[] = [
      {
        ...startOf(site),
        ids: [...site.before, whole],
        chance: Math.log(mixer.probabilityOf(whole, unseen)),
      },
    ];
    for (let i = 0; i < mixer.size; i++) {
      const id = mixer.ids[i] ?? 0;
      const text = vocabulary.textOf(id);
      if (text.length <= site.typed.length || !text.startsWith(site.typed)) continue;
      const chance = Math.log(mixer.probabilities[i] ?? unseen);
      lines.push({
        ids: [...site.before, id],
        text: text.slice(site.typed.length),
        tokens: 1,
        chance,
        depth: 0,
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
      readonly next: Line[];
      readonly finished: Line[];
    },
  ): void {
    const { site, sources } = into;
    this.#predict(line.ids, sources);
    const mixer = this.#mixer;
    const end = site.after[0] ?? special.breakSame;
    let ending = 0;
    const chosen: number[] = [];
    for (let i = 0; i < mixer.size; i++) {
      const id = mixer.ids[i] ?? 0;
      if (isBreak(id) ? isBreak(end) : id === end && line.depth === 0) ending += mixer.probabilities[i] ?? 0;
      else if (id > special.breakFarOut && !closesTooMuch(id, line, into)) this.#choose(chosen, i);
    }
    if (ending > 0 && line.tokens > 0)
      into.finished.push({ ...line, chance: line.chance + Math.log(ending) });
    for (const i of chosen) into.next.push(this.#longer(line, i, into));
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

  #longer(
    line: Line,
    index: number,
    into: { readonly site: LineSite; readonly sources: GuessSources },
  ): Line {
    const id = this.#mixer.ids[index] ?? 0;
    const text = into.sources.vocabulary.textOf(id);
    const code = text.charCodeAt(0);
    const spaced = this.#mixer.spaced(index);
    return {
      ids: [...line.ids, id],
      text: line.text + gap(line, into.site, { spaced, code }) + text,
      tokens: line.tokens + 1,
      chance: line.chance + Math.log(this.#mixer.probabilities[index] ?? unseen),
      depth: line.depth + (opening.has(code) ? 1 : closing.has(code) && line.depth > 0 ? -1 : 0),
    };
  }

  #weigh(finished: readonly Line[], site: LineSite, sources: GuessSources): Guess[] {
    const guesses = finished.map((line) => ({ line, fit: this.#fit(line, site, sources) }));
    const scores = guesses.map(({ line, fit }) => line.chance + tuning.fitWeight * fit);
    const top = Math.max(...scores);
    const sum = scores.reduce((total, score) => total + Math.exp(score - top), 0);
    return guesses
      .map(({ line, fit }, i) => ({
        text: line.text,
        tokens: line.tokens,
        chance: line.chance,
        fit,
        share: Math.exp((scores[i] ?? 0) - top) / sum,
      }))
      .sort((a, b) => b.share - a.share);
  }

  #fit(line: Line, site: LineSite, sources: GuessSources): number {
    const ids = [...line.ids];
    let fit = 0;
    site.after.forEach((id, i) => {
      if (i > 0 && i < 4) {
        this.#predict(ids, sources);
        fit += Math.log(this.#mixer.probabilityOf(id, unseen));
      }
      ids.push(id);
    });
    return fit;
  }

  #predict(ids: readonly number[], sources: GuessSources): void {
    const context = this.#context;
    context.length = Math.min(longestContext, ids.length);
    for (let i = 0; i < context.length; i++) context.ids[i] = ids[ids.length - 1 - i] ?? 0;
    const mixer = this.#mixer;
    mixer.clear();
    mixer.weight = tuning.documentWeight;
    sources.document.followers(context, tuning.places, without(sources.hidden, mixer));
    mixer.weight = tuning.workspaceWeight;
    sources.workspace.followers(context, tuning.places, mixer);
    mixer.mix();
  }
}

function startOf(site: LineSite): Line {
  return { ids: site.before, text: "", tokens: 0, chance: 0, depth: 0 };
}

function best(lines: Line[], count: number): Line[] {
  return lines.sort((a, b) => b.chance - a.chance).slice(0, count);
}

/** Nothing that is still growing can come near the lines that are finished. */
function isSettled(growing: readonly Line[], finished: Line[]): boolean {
  if (finished.length === 0) return false;
  finished.sort((a, b) => b.chance - a.chance);
  const bar = finished[Math.min(finished.length - 1, 3)]?.chance ?? 0;
  return (growing[0]?.chance ?? -Infinity) < bar - 3;
}

function without(hidden: ReadonlySet<number>, sink: FollowerSink): FollowerSink {
  if (hidden.size === 0) return sink;
  return {
    follower: (token, matched, place) => {
      if (!hidden.has(place)) sink.follower(token, matched, place);
    },
  };
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
