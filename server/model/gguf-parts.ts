/** Models in several files, as llama.cpp's gguf-split names them: `NAME-00001-of-00003.gguf` and so on. */

const pattern = /-(\d{5})-of-(\d{5})\.gguf(\.part)?$/i;
/** More nobody publishes: the largest models come in some 160. */
const mostParts = 999;

/** Of a model whose first file this is, all its files, in order; a model in one file is its own only one. */
export function partPaths(path: string): readonly string[] {
  const [end, number, counted, unfinished = ""] = pattern.exec(path) ?? [];
  const count = Number(counted);
  if (end === undefined || Number(number) !== 1 || !(count > 1 && count <= mostParts)) return [path];
  const stem = path.slice(0, -end.length);
  const others = Array.from({ length: count - 1 }, (_, index) => partPath(stem, index + 2, end, unfinished));
  return [path, ...others];
}

/** The first file of the model that this one belongs to; itself where the model is one file. */
export function firstPart(path: string): string {
  return isLaterPart(path) ? path.replace(pattern, (end) => `-00001${end.slice(6)}`) : path;
}

/** Whether it is one of several files, and not the first, by which the model is loaded. */
export function isLaterPart(path: string): boolean {
  const [, number, count] = pattern.exec(path) ?? [];
  return number !== undefined && Number(number) > 1 && Number(number) <= Number(count);
}

/** A first file gets its name last: while it is unfinished, the others are there. */
function partPath(stem: string, number: number, end: string, unfinished: string): string {
  const digits = String(number).padStart(5, "0");
  return `${stem}-${digits}${end.slice(6, end.length - unfinished.length)}`;
}
