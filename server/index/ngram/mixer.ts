/**
 * What may follow a context, with probabilities. The counts of every context length are mixed as PPM does with
 * escape method C (Moffat 1990), those of the document and of the workspace together and apart (Hellendoorn and
 * Devanbu 2017); a log-linear model then weighs these estimates and what the line's brackets and the document's
 * words say.
 */

import { type FollowerSink, longestContext } from "./token-index.ts";
import {
  documentOrderWeights,
  estimateWeights,
  orderClass,
  tokenWeights,
  unseenWeights,
  workspaceOrderWeights,
} from "./token-weights.ts";
import { idMask, isWordCode, spaceBit } from "./tokenizer.ts";
import { isBreak, special, type Vocabulary } from "./vocabulary.ts";

export type CountSource = "document" | "workspace";

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
const orders = longestContext + 1;
const mostDistinct = 1024;
const slotShift = 20;
const slotCount = 2 ** (32 - slotShift);
/** The chance of a token before anything is known. */
const blank = 1e-4;
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

  readonly #slots = new Int16Array(slotCount);
  readonly #documentCounts = new Float64Array(mostDistinct * orders);
  readonly #workspaceCounts = new Float64Array(mostDistinct * orders);
  readonly #exclusion = new Float64Array(mostDistinct);
  readonly #spaces = new Float64Array(mostDistinct);
  readonly #breaks = new Float64Array(special.breakFarOut + 1);
  readonly #all = new Totals();
  readonly #inDocument = new Totals();
  readonly #inWorkspace = new Totals();
  #longest = 0;

  constructor() {
    const sink = (counts: Float64Array, weight: number): FollowerSink => ({
      follower: (token, matched) => this.#count(token, matched, { counts, weight }),
    });
    this.document = sink(this.#documentCounts, documentWeight);
    this.workspace = sink(this.#workspaceCounts, 1);
  }

  clear(): void {
    this.#slots.fill(0);
    this.#documentCounts.fill(0, 0, this.size * orders);
    this.#workspaceCounts.fill(0, 0, this.size * orders);
    this.#spaces.fill(0, 0, this.size);
    this.#breaks.fill(0);
    this.size = 0;
    this.#longest = 0;
  }

  /** Computes `probabilities` and `unseen` from the followers since `clear`. */
  mix(place: Place): void {
    this.#accumulate();
    const best = this.#exclude();
    let top = unseenWeights.always + unseenWeights.best * best;
    for (let i = 0; i < this.size; i++) {
      const score = this.#estimates(i) + this.#longestContexts(i) + signs(this.ids[i] ?? 0, place);
      this.probabilities[i] = score;
      if (score > top) top = score;
    }
    this.unseen = Math.exp(unseenWeights.always + unseenWeights.best * best - top);
    let sum = this.unseen;
    for (let i = 0; i < this.size; i++)
      sum += this.probabilities[i] = Math.exp((this.probabilities[i] ?? 0) - top);
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
    to: { readonly counts: Float64Array; readonly weight: number },
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
    if (matched > this.#longest) this.#longest = matched;
    const at = index * orders + matched;
    to.counts[at] = (to.counts[at] ?? 0) + 1;
    this.#spaces[index] = (this.#spaces[index] ?? 0) + (token & spaceBit ? certainty : -certainty);
  }

  /** A longer match is a match of every shorter length too. */
  #accumulate(): void {
    for (const totals of [this.#all, this.#inDocument, this.#inWorkspace]) totals.clear();
    for (let i = 0; i < this.size; i++) {
      let document = 0;
      let workspace = 0;
      for (let order = this.#longest; order >= 1; order--) {
        const at = i * orders + order;
        document = this.#documentCounts[at] = (this.#documentCounts[at] ?? 0) + document;
        workspace = this.#workspaceCounts[at] = (this.#workspaceCounts[at] ?? 0) + workspace;
        if (document > 0) this.#inDocument.add(order, document);
        if (workspace > 0) this.#inWorkspace.add(order, workspace);
        if (document + workspace > 0) this.#all.add(order, documentWeight * document + workspace);
      }
    }
  }

  /**
   * PPM with exclusion: a token has its chance from the longest context that it followed, and shorter ones are
   * counted without it. Returns the logarithm of the best chance.
   */
  #exclude(): number {
    this.#exclusion.fill(0, 0, this.size);
    let rest = 1;
    let best = leastExclusion;
    for (let order = this.#longest; order >= 1; order--) {
      let total = 0;
      let kinds = 0;
      for (let i = 0; i < this.size; i++) {
        const count = this.#exclusion[i] === 0 ? this.#weighted(i, order) : 0;
        total += count;
        if (count > 0) kinds++;
      }
      if (kinds === 0) continue;
      const share = rest / (total + kinds);
      for (let i = 0; i < this.size; i++) {
        if (this.#exclusion[i] !== 0) continue;
        const chance = share * this.#weighted(i, order);
        this.#exclusion[i] = chance;
        if (chance > best) best = chance;
      }
      rest = share * kinds;
    }
    return Math.log(best);
  }

  #weighted(index: number, order: number): number {
    const at = index * orders + order;
    return documentWeight * (this.#documentCounts[at] ?? 0) + (this.#workspaceCounts[at] ?? 0);
  }

  #estimates(index: number): number {
    const row = index * orders;
    let all = blank;
    let document = blank;
    let workspace = blank;
    for (let order = 1; order <= this.#longest; order++) {
      const inDocument = this.#documentCounts[row + order] ?? 0;
      const inWorkspace = this.#workspaceCounts[row + order] ?? 0;
      all = this.#all.interpolate(order, documentWeight * inDocument + inWorkspace, all);
      document = this.#inDocument.interpolate(order, inDocument, document);
      workspace = this.#inWorkspace.interpolate(order, inWorkspace, workspace);
    }
    return (
      estimateWeights.exclusion * Math.log(Math.max(leastExclusion, this.#exclusion[index] ?? 0)) +
      estimateWeights.all * Math.log(all) +
      estimateWeights.document * Math.log(document) +
      estimateWeights.workspace * Math.log(workspace)
    );
  }

  #longestContexts(index: number): number {
    const row = index * orders;
    let document = this.#longest;
    while (document > 0 && this.#documentCounts[row + document] === 0) document--;
    let workspace = this.#longest;
    while (workspace > 0 && this.#workspaceCounts[row + workspace] === 0) workspace--;
    let score =
      (documentOrderWeights[orderClass[document] ?? 0] ?? 0) +
      (workspaceOrderWeights[orderClass[workspace] ?? 0] ?? 0);
    if (document === this.#inDocument.longest) score += tokenWeights.longestInDocument;
    if (workspace === this.#inWorkspace.longest) score += tokenWeights.longestInWorkspace;
    if (document > 0) {
      score += tokenWeights.timesInDocument * Math.log1p(this.#documentCounts[row + document] ?? 0);
    }
    if (workspace > 0) {
      score += tokenWeights.timesInWorkspace * Math.log1p(this.#workspaceCounts[row + workspace] ?? 0);
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

/** How much was seen after each context length, and how much of it was different. */
class Totals {
  readonly #seen = new Float64Array(orders);
  readonly #kinds = new Float64Array(orders);
  longest = 0;

  clear(): void {
    this.#seen.fill(0);
    this.#kinds.fill(0);
    this.longest = 0;
  }

  add(order: number, count: number): void {
    this.#seen[order] = (this.#seen[order] ?? 0) + count;
    this.#kinds[order] = (this.#kinds[order] ?? 0) + 1;
    if (order > this.longest) this.longest = order;
  }

  /** Mixes what was seen at this length with the chance from shorter ones. */
  interpolate(order: number, count: number, shorter: number): number {
    if (order > this.longest) return shorter;
    const kinds = this.#kinds[order] ?? 0;
    return (count + kinds * shorter) / ((this.#seen[order] ?? 0) + kinds);
  }
}

/** What the token is, whatever was counted. */
function signs(id: number, place: Place): number {
  const innermost = place.open.at(-1) ?? "";
  if (id === special.breakSame) {
    if (innermost === "") return tokenWeights.lineBreak;
    return (
      tokenWeights.lineBreak +
      (innermost === "{" ? tokenWeights.breakInBrace : tokenWeights.breakInParenthesis)
    );
  }
  const uses = place.usesOf(id);
  const known = uses > 0 ? tokenWeights.inDocument + tokenWeights.uses * Math.log1p(uses) : 0;
  const text = place.vocabulary.textOf(id);
  if (!isWordCode(text.charCodeAt(0))) return known + bracketSigns(text, innermost);
  return (
    known +
    tokenWeights.word +
    (uses > 0 ? tokenWeights.wordInDocument : 0) +
    (place.recent.includes(id) ? tokenWeights.wordRepeated : 0)
  );
}

function bracketSigns(text: string, innermost: string): number {
  if (text === ";") return innermost === "(" ? tokenWeights.semicolonInParenthesis : 0;
  const opener = openerOf.get(text);
  if (opener === undefined) return 0;
  if (innermost === "") return tokenWeights.closesNothing;
  return innermost === opener ? tokenWeights.closesInnermost : tokenWeights.closesOther;
}

const openerOf = new Map([
  [")", "("],
  ["]", "["],
  ["}", "{"],
]);

/** The brackets that stay open when `text`, one token, follows a line with `open`. */
export function bracketsAfter(open: string, text: string): string {
  if (text === "(" || text === "[" || text === "{") return open + text;
  return openerOf.has(text) ? open.slice(0, -1) : open;
}
