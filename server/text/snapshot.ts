/** An immutable text with its line starts. Offsets and characters count UTF-16 code units, lines from 0. */

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export interface TextChange {
  readonly range: Range;
  readonly text: string;
}

export class Snapshot {
  readonly uri: string;
  readonly languageId: string;
  readonly version: number;
  readonly text: string;
  #lineStarts: readonly number[] | undefined;

  constructor(uri: string, languageId: string, version: number, text: string) {
    this.uri = uri;
    this.languageId = languageId;
    this.version = version;
    this.text = text;
  }

  get lineCount(): number {
    return this.#starts.length;
  }

  /** Whether `position` names an existing line and a character within it (its end included). */
  contains(position: Position): boolean {
    return (
      position.line >= 0 &&
      position.character >= 0 &&
      position.line < this.lineCount &&
      position.character <= this.lineEnd(position.line) - this.lineStart(position.line)
    );
  }

  /** The offset of `position`; a line or character beyond the end is clamped, as LSP says. */
  offsetAt(position: Position): number {
    if (position.line < 0) return 0;
    if (position.line >= this.lineCount) return this.text.length;
    const offset = this.lineStart(position.line) + Math.max(0, position.character);
    return Math.min(offset, this.lineEnd(position.line));
  }

  positionAt(offset: number): Position {
    const clamped = Math.max(0, Math.min(offset, this.text.length));
    let low = 0;
    let high = this.#starts.length;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (this.lineStart(middle) <= clamped) low = middle;
      else high = middle;
    }
    return { line: low, character: clamped - this.lineStart(low) };
  }

  lineStart(line: number): number {
    return this.#starts[line] ?? this.text.length;
  }

  /** The offset of the end of `line`, before its line break. */
  lineEnd(line: number): number {
    const next = this.#starts[line + 1];
    if (next === undefined) return this.text.length;
    const crlf = this.text.charCodeAt(next - 1) === 10 && this.text.charCodeAt(next - 2) === 13;
    return next - (crlf ? 2 : 1);
  }

  lineText(line: number): string {
    return this.text.slice(this.lineStart(line), this.lineEnd(line));
  }

  /** The line break that the text uses most in its first 1,000 lines; `\n` when it has none. */
  get eol(): "\n" | "\r\n" {
    let crlf = 0;
    const sampled = Math.min(this.#starts.length, 1000);
    for (let line = 1; line < sampled; line++) {
      if (this.text.charCodeAt(this.lineStart(line) - 2) === 13) crlf++;
    }
    return crlf * 2 > sampled - 1 ? "\r\n" : "\n";
  }

  /** The text after `changes`, applied one after the other. */
  with(version: number, changes: readonly (TextChange | string)[]): Snapshot {
    let current: Snapshot = this;
    for (const change of changes) {
      current =
        typeof change === "string"
          ? new Snapshot(this.uri, this.languageId, version, change)
          : current.#replaced(version, change);
    }
    if (current !== this) return current;
    const same = new Snapshot(this.uri, this.languageId, version, this.text);
    same.#lineStarts = this.#lineStarts;
    return same;
  }

  #replaced(version: number, change: TextChange): Snapshot {
    const start = this.offsetAt(change.range.start);
    const end = Math.max(start, this.offsetAt(change.range.end));
    const text = this.text.slice(0, start) + change.text + this.text.slice(end);
    const next = new Snapshot(this.uri, this.languageId, version, text);
    next.#lineStarts = this.#startsAfter(start, end, change.text);
    return next;
  }

  /**
   * The line starts once `inserted` stands between `start` and `end`. Only the lines touched are searched, and
   * the one before them: a line feed behind its carriage return joins it.
   */
  #startsAfter(start: number, end: number, inserted: string): readonly number[] {
    const starts = this.#starts;
    const first = this.positionAt(start - 1).line;
    const kept = this.positionAt(end).line + 1;
    const from = this.lineStart(first);
    const touched = this.text.slice(from, start) + inserted + this.text.slice(end, this.lineStart(kept));
    const shift = inserted.length - (end - start);
    const next = starts.slice(0, first);
    for (const each of lineStartsOf(touched)) next.push(from + each);
    // The last of them begins the first line that is kept.
    if (kept < starts.length) next.pop();
    for (let line = kept; line < starts.length; line++) next.push((starts[line] ?? 0) + shift);
    return next;
  }

  get #starts(): readonly number[] {
    this.#lineStarts ??= lineStartsOf(this.text);
    return this.#lineStarts;
  }
}

/** A line ends at `\n`, `\r\n` or a lone `\r`, as in LSP. */
function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
  }
  return starts;
}
