/**
 * What may follow a context, with probabilities. The counts of every context length are mixed as PPM does with
 * escape method C (Moffat 1990), those of the document and of the workspace together and apart (Hellendoorn and
 * Devanbu 2017); a log-linear model then weighs these estimates and what the line's brackets and the document's
 * words say.
 */

import { blank, mostDistinct, orders, SourceCounts } from "./source-counts.ts";
import { type FollowerSink, longestContext } from "./token-index.ts";
import { fittedWeights, orderClass, type TokenWeights } from "./token-weights.ts";
import { idMask, isWordCode, spaceBit } from "./tokenizer.ts";
import { isBreak, special, type Vocabulary } from "./vocabulary.ts";

/** What the mixer asks about the place it predicts for. */
export interface Place {
  readonly vocabulary: Vocabulary;
  /** How often the document holds a token. */
  readonly usesOf: (id: number) => number;
  /** The last few tokens, newest last. */
  readonly recent: readonly number[];
  /** The brackets that the line has opened and not closed, innermost last. */
  readonly open: string;
}

/** A count in the document is worth so many in the workspace. */
const documentWeight = 4;
const slotShift = 20;
const slotCount = 2 ** (32 - slotShift);
const leastExclusion = 1e-6;

export class Mixer {
  /** The different tokens that followed, `size` of them. All line breaks are one: `special.breakSame`. */
  readonly ids = new Uint32Array(mostDistinct);
  readonly probabilities = new Float64Array(mostDistinct);
  size = 0;
  /** The chance that a token follows which never did. */
  unseen = 1;
  readonly document: FollowerSink;
  readonly workspace: FollowerSink;

  readonly #weights: TokenWeights;
  readonly #slots = new Int16Array(slotCount);
  readonly #inDocument = new SourceCounts();
  readonly #inWorkspace = new SourceCounts();
  readonly #together = new SourceCounts();
  readonly #exclusion = new Float64Array(mostDistinct);
  readonly #spaces = new Float64Array(mostDistinct);
  readonly #breaks = new Float64Array(special.breakFarOut + 1);
  readonly #excluded = new Float64Array(orders);
  readonly #excludedKinds = new Float64Array(orders);

  constructor(weights: TokenWeights = fittedWeights) {
    this.#weights = weights;
    const sink = (counts: SourceCounts, weight: number): FollowerSink => ({
      follower: (token, matched) => this.#count(token, matched, { counts, weight }),
    });
    this.document = sink(this.#inDocument, documentWeight);
    this.workspace = sink(this.#inWorkspace, 1);
  }

  clear(): void {
    this.#slots.fill(0);
    for (const counts of [this.#inDocument, this.#inWorkspace, this.#together]) counts.clear(this.size);
    this.#spaces.fill(0, 0, this.size);
    this.#breaks.fill(0);
    this.size = 0;
  }

  /** Computes `probabilities` and `unseen` from the followers since `clear`. */
  mix(place: Place): void {
    const best = this.#exclude();
    for (const counts of [this.#inDocument, this.#inWorkspace, this.#together]) counts.sum(this.size);
    const escape = this.#weights.unseen + this.#weights.unseenBest * best;
    let top = escape;
    for (let i = 0; i < this.size; i++) {
      const score = this.#score(i) + signs(this.ids[i] ?? 0, place, this.#weights);
      this.probabilities[i] = score;
      if (score > top) top = score;
    }
    this.unseen = Math.exp(escape - top);
    let sum = this.unseen;
    for (let i = 0; i < this.size; i++) {
      const share = Math.exp((this.probabilities[i] ?? 0) - top);
      this.probabilities[i] = share;
      sum += share;
    }
    for (let i = 0; i < this.size; i++) this.probabilities[i] = (this.probabilities[i] ?? 0) / sum;
    this.unseen /= sum;
  }

  /** The chance of one token, after `mix`. */
  probabilityOf(id: number): number {
    const index = (this.#slots[this.#find(isBreak(id) ? special.breakSame : id)] ?? 0) - 1;
    return index >= 0 ? (this.probabilities[index] ?? 0) : this.unseen * blank;
  }

  /** Of all line breaks that followed, the share with this change of indentation. */
  shareOfBreak(id: number): number {
    const sum = this.#breaks.reduce((total, count) => total + count, 0);
    return ((this.#breaks[id] ?? 0) + 0.25) / (sum + 1);
  }

  /** Whether white space stood before the token, for the most part. */
  spaced(index: number): boolean {
    return (this.#spaces[index] ?? 0) > 0;
  }

  #count(
    token: number,
    matched: number,
    to: { readonly counts: SourceCounts; readonly weight: number },
  ): void {
    let id = token & idMask;
    const certainty = to.weight * (matched + 1) * (matched + 1);
    if (isBreak(id)) {
      this.#breaks[id] = (this.#breaks[id] ?? 0) + certainty;
      id = special.breakSame;
    }
    const slot = this.#find(id);
    let index = (this.#slots[slot] ?? 0) - 1;
    if (index < 0) {
      if (this.size === mostDistinct) return;
      index = this.size++;
      this.ids[index] = id;
      this.#slots[slot] = index + 1;
    }
    to.counts.add(index, matched, 1);
    this.#together.add(index, matched, to.weight);
    this.#spaces[index] = (this.#spaces[index] ?? 0) + (token & spaceBit ? certainty : -certainty);
  }

  /**
   * PPM with exclusion: a token has its chance from the longest context that it followed, and shorter ones are
   * counted without it. Returns the logarithm of the best chance.
   */
  #exclude(): number {
    const totals = this.#excluded.fill(0);
    const kinds = this.#excludedKinds.fill(0);
    const counts = this.#together;
    for (let i = 0; i < this.size; i++) {
      const order = counts.longestOf(i);
      totals[order] = (totals[order] ?? 0) + counts.of(i, order);
      kinds[order] = (kinds[order] ?? 0) + 1;
    }
    let rest = 1;
    for (let order = longestContext; order >= 1; order--) {
      const escapes = kinds[order] ?? 0;
      const share = rest / ((totals[order] ?? 0) + escapes || 1);
      totals[order] = share;
      if (escapes > 0) rest = share * escapes;
    }
    let best = leastExclusion;
    for (let i = 0; i < this.size; i++) {
      const order = counts.longestOf(i);
      const chance = (totals[order] ?? 0) * counts.of(i, order);
      this.#exclusion[i] = Math.max(leastExclusion, chance);
      if (chance > best) best = chance;
    }
    return Math.log(best);
  }

  /** What the counts say of the token. */
  #score(index: number): number {
    const weights = this.#weights;
    const inDocument = this.#inDocument.longestOf(index);
    const inWorkspace = this.#inWorkspace.longestOf(index);
    let score =
      weights.exclusion * Math.log(this.#exclusion[index] ?? 0) +
      weights.all * Math.log(this.#together.interpolate(index)) +
      weights.document * Math.log(this.#inDocument.interpolate(index)) +
      weights.workspace * Math.log(this.#inWorkspace.interpolate(index)) +
      (weights.documentOrders[orderClass[inDocument] ?? 0] ?? 0) +
      (weights.workspaceOrders[orderClass[inWorkspace] ?? 0] ?? 0);
    if (inDocument === this.#inDocument.longest) score += weights.longestInDocument;
    if (inWorkspace === this.#inWorkspace.longest) score += weights.longestInWorkspace;
    if (inDocument > 0) {
      score += weights.timesInDocument * Math.log1p(this.#inDocument.of(index, inDocument));
    }
    if (inWorkspace > 0) {
      score += weights.timesInWorkspace * Math.log1p(this.#inWorkspace.of(index, inWorkspace));
    }
    return score;
  }

  #find(id: number): number {
    for (let slot = Math.imul(id, 0x9e3779b1) >>> slotShift; ; slot++) {
      const at = slot & (slotCount - 1);
      const index = (this.#slots[at] ?? 0) - 1;
      if (index < 0 || this.ids[index] === id) return at;
    }
  }
}

/** What the token is, whatever was counted. */
function signs(id: number, place: Place, weights: TokenWeights): number {
  const innermost = place.open.at(-1) ?? "";
  if (id === special.breakSame) {
    if (innermost === "") return weights.lineBreak;
    return weights.lineBreak + (innermost === "{" ? weights.breakInBrace : weights.breakInParenthesis);
  }
  const uses = place.usesOf(id);
  const known = uses > 0 ? weights.inDocument + weights.uses * Math.log1p(uses) : 0;
  const text = place.vocabulary.textOf(id);
  if (!isWordCode(text.charCodeAt(0))) return known + bracketSigns(text, innermost, weights);
  return (
    known +
    weights.word +
    (uses > 0 ? weights.wordInDocument : 0) +
    (place.recent.includes(id) ? weights.wordRepeated : 0)
  );
}

function bracketSigns(text: string, innermost: string, weights: TokenWeights): number {
  if (text === ";") return innermost === "(" ? weights.semicolonInParenthesis : 0;
  const opener = openerOf(text);
  if (opener === undefined) return 0;
  if (innermost === "") return weights.closesNothing;
  return innermost === opener ? weights.closesInnermost : weights.closesOther;
}

function openerOf(text: string): string | undefined {
  if (text === ")") return "(";
  if (text === "]") return "[";
  return text === "}" ? "{" : undefined;
}

/** The brackets that stay open when `text`, one token, follows a line with `open`. */
export function bracketsAfter(open: string, text: string): string {
  if (text === "(" || text === "[" || text === "{") return open + text;
  return openerOf(text) === undefined ? open : open.slice(0, -1);
}
