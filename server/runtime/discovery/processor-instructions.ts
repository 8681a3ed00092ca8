/** The instruction sets that make llama.cpp faster, from what Linux says of the processor. */

/** As Linux names them, and as their makers do. */
const known: Readonly<Record<string, string>> = {
  avx: "avx",
  avx2: "avx2",
  fma: "fma",
  f16c: "f16c",
  avx_vnni: "avx-vnni",
  avx512f: "avx512",
  avx512_vnni: "avx512-vnni",
  avx512_bf16: "avx512-bf16",
  amx_int8: "amx",
  asimd: "neon",
  asimddp: "dotprod",
  i8mm: "i8mm",
  sve: "sve",
};

/** `text` is /proc/cpuinfo; without one only what every processor of the architecture has is known. */
export function instructionsIn(text: string, architecture: string): readonly string[] {
  const [, listed = ""] = /^(?:flags|Features)\s*:(.*)$/m.exec(text) ?? [];
  const names = listed.trim().split(/\s+/);
  const found = Object.entries(known).flatMap(([linux, name]) => (names.includes(linux) ? [name] : []));
  return found.length === 0 && architecture === "arm64" ? ["neon"] : found;
}
