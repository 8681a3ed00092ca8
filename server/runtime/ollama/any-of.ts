/** A pattern that finds any of some texts, the longest first; undefined for none. */
export function anyOf(texts: readonly string[]): RegExp | undefined {
  const longestFirst = texts.filter((text) => text !== "").toSorted((a, b) => b.length - a.length);
  if (longestFirst.length === 0) return undefined;
  return new RegExp(longestFirst.map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|"), "g");
}
