/** The names that a person probably meant by one that is not there. */

/** At most `count`, the nearest first, by the edits that lead from one name to the other; case does not count. */
export function nearestNames(wanted: string, names: readonly string[], count = 3): readonly string[] {
  return names
    .map((name) => ({ name, distance: distanceOf(wanted.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ name }) => name);
}

/**
 * Of the nearest names only those that are like the wanted one: one of the two holds the other, or few letters differ.
 * For where a wrong guess does harm, or says nothing.
 */
export function alikeNames(wanted: string, names: readonly string[], count = 3): readonly string[] {
  const name = wanted.toLowerCase();
  if (name === "") return [];
  const alike = names.filter((each) => isAlike(name, each.toLowerCase()));
  return nearestNames(wanted, alike, count);
}

/** Shorter ones stand in many names by chance. */
const leastPart = 3;
/** One wrong letter of so many. */
const lettersAnError = 4;

function isAlike(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short.length >= leastPart && long.includes(short)) return true;
  return editDistance(a, b) <= Math.max(1, Math.floor(a.length / lettersAnError));
}

/** A part of the name, as people leave out an owner, a tag or a quantisation, is nearer than any misspelling. */
function distanceOf(wanted: string, name: string): number {
  const distance = editDistance(wanted, name);
  return wanted !== "" && name.includes(wanted) ? distance / 1000 : distance;
}

/** Levenshtein's, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
