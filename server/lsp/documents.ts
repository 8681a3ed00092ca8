/** The open documents, each as an immutable snapshot of its newest version. */

import { type Range, Snapshot, type TextChange } from "../text/snapshot.ts";
import { type PositionEncoding, rangeFromWire } from "./convert/positions.ts";

/** A change as it comes over the wire: without a range it is the whole text. */
export interface WireChange {
  readonly range?: Range | null | undefined;
  readonly text: string;
}

/** What a `didChange` amounts to: the snapshot after it, and the changes in UTF-16. */
export interface AppliedChange {
  readonly snapshot: Snapshot;
  readonly changes: readonly (TextChange | string)[];
}

export class Documents {
  readonly #snapshots = new Map<string, Snapshot>();

  get size(): number {
    return this.#snapshots.size;
  }

  get(uri: string): Snapshot | undefined {
    return this.#snapshots.get(uri);
  }

  all(): IterableIterator<Snapshot> {
    return this.#snapshots.values();
  }

  open(uri: string, languageId: string, version: number, text: string): Snapshot {
    const snapshot = new Snapshot(uri, languageId, version, text);
    this.#snapshots.set(uri, snapshot);
    return snapshot;
  }

  /** Applies changes, each to what the ones before it have made. Undefined for a document that is not open. */
  change(
    uri: string,
    version: number,
    changes: readonly WireChange[],
    encoding: PositionEncoding,
  ): AppliedChange | undefined {
    const before = this.#snapshots.get(uri);
    if (!before) return undefined;
    let snapshot = before.with(version, []);
    const converted: (TextChange | string)[] = [];
    for (const change of changes) {
      const next = change.range
        ? { range: rangeFromWire(snapshot, change.range, encoding), text: change.text }
        : change.text;
      converted.push(next);
      snapshot = snapshot.with(version, [next]);
    }
    this.#snapshots.set(uri, snapshot);
    return { snapshot, changes: converted };
  }

  close(uri: string): void {
    this.#snapshots.delete(uri);
  }
}
