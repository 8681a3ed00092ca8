/** The key of a setting that a person probably meant by one that is none. */

import { type SettingKey, settingKeys, withoutPrefix } from "./schema.ts";

/** Undefined where no key is near enough to be more than a guess. */
export function nearestKey(key: string): SettingKey | undefined {
  const [best] = settingKeys
    .map((known) => ({ known, distance: keyDistance(withoutPrefix(key), known) }))
    .sort((a, b) => a.distance - b.distance);
  return best && Number.isFinite(best.distance) ? best.known : undefined;
}

/** Judged name by name: a section that is right says nothing of the name in it. */
function keyDistance(key: string, known: string): number {
  if (lettersOf(key) === lettersOf(known)) return 0;
  const names = key.split(".");
  const knownNames = known.split(".");
  if (names.length !== knownNames.length) return Infinity;
  return names.reduce((sum, name, i) => sum + nameDistance(name, knownNames[i] ?? ""), 0);
}

function lettersOf(key: string): string {
  return key.toLowerCase().replaceAll(/[._-]/g, "");
}

/** As TypeScript's compiler judges spelling: up to four of ten letters, one in place of another counted twice. */
function nameDistance(name: string, known: string): number {
  const distance = editDistance(name.toLowerCase(), known.toLowerCase());
  return distance <= Math.floor(Math.max(name.length, known.length) * 0.4) ? distance : Infinity;
}

/** How many letters to take out and put in, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? (row[j - 1] ?? 0) : Infinity;
      next.push(Math.min(same, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
