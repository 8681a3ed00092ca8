/** GPUs and boards by name, with what `accelerators.json` says of their memory, power and price, and from where. */

import * as v from "valibot";
import acceleratorsFile from "./accelerators.json" with { type: "json" };
import { alikeNames } from "./nearest-names.ts";

const costSchema = v.strictObject({
  /** At most, while it computes. */
  watts: v.number(),
  /** When it came out, of the card alone. */
  dollars: v.number(),
  sources: v.pipe(v.array(v.pipe(v.string(), v.url())), v.minLength(1)),
});

const acceleratorSchema = v.strictObject({
  name: v.string(),
  aliases: v.optional(v.array(v.string()), []),
  kind: v.picklist(["nvidia", "amd", "intel", "apple", "board"]),
  /** Left out where it shares the machine's memory. */
  memoryGiB: v.optional(v.number()),
  /** Of its memory, in GB a second. */
  bandwidth: v.number(),
  source: v.pipe(v.string(), v.url()),
  /** Left out where no source says both. */
  cost: v.exactOptional(costSchema),
});

export type Accelerator = v.InferOutput<typeof acceleratorSchema>;

export const accelerators: readonly Accelerator[] = v.parse(v.array(acceleratorSchema), acceleratorsFile);

/**
 * The accelerator that a driver or a person calls so. Words such as NVIDIA or GeForce, spaces, dashes and case do
 * not count; of several whose name is in `text` the longest is meant.
 */
export function findAccelerator(text: string): Accelerator | undefined {
  const wanted = plain(text);
  const found = accelerators
    .flatMap((accelerator) =>
      [accelerator.name, ...accelerator.aliases].map((name) => ({ accelerator, name: plain(name) })),
    )
    .filter(({ name }) => wanted.startsWith(name))
    .toSorted((a, b) => b.name.length - a.name.length)[0];
  return found?.accelerator;
}

/** The names that a person probably meant by one that is not known; none where nothing is like it. */
export function acceleratorsLike(text: string): readonly string[] {
  return alikeNames(
    text,
    accelerators.map(({ name }) => name),
  );
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/\b(nvidia|geforce|quadro|tesla|amd|intel|instinct|radeon|apple|graphics)\b|\((r|tm)\)/g, "")
    .replace(/[^a-z0-9]/g, "");
}
