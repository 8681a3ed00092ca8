/** Which files of a folder were left out, and why. Of very many only a mark is kept, that counts each once. */

import { sep } from "node:path";
import type { SkipReason } from "../crawl/skip-reason.ts";
import type { OmittedFiles } from "./builtin-protocol.ts";
import { hashOf } from "./vocabulary.ts";

export class Omissions {
  readonly reasons = new Map<string, SkipReason>();
  /** By the hash of the path, for those that are too many to be remembered. */
  readonly beyond = new Map<number, SkipReason>();

  set(path: string, reason: SkipReason): void {
    if (this.reasons.size < mostRemembered || this.reasons.has(path)) this.reasons.set(path, reason);
    else this.beyond.set(hashOf(path), reason);
  }

  delete(path: string): void {
    this.reasons.delete(path);
    this.beyond.delete(hashOf(path));
  }

  /** Forgets a path, and what is remembered below it. */
  forget(path: string): void {
    this.delete(path);
    for (const known of this.reasons.keys()) {
      if (known.startsWith(path + sep)) this.reasons.delete(known);
    }
  }
}

/** Those of all folders by reason, with the first of each. */
export function listOmissions(all: readonly Omissions[]): OmittedFiles[] {
  const byReason = new Map<SkipReason, { count: number; examples: string[] }>();
  const entryOf = (reason: SkipReason) => {
    const entry = byReason.get(reason) ?? { count: 0, examples: [] };
    byReason.set(reason, entry);
    return entry;
  };
  for (const [path, reason] of new Map(all.flatMap(({ reasons }) => [...reasons]))) {
    const entry = entryOf(reason);
    entry.count++;
    if (entry.examples.length < mostExamples) entry.examples.push(path);
  }
  for (const [, reason] of new Map(all.flatMap(({ beyond }) => [...beyond]))) entryOf(reason).count++;
  return [...byReason].map(([reason, entry]) => ({ reason, ...entry }));
}

const mostRemembered = 10_000;
const mostExamples = 5;
