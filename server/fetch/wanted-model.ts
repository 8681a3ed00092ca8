/** What a person names when they want a model: one of the catalogue, a file of a repository, or a quantisation of it. */

import { catalogue } from "../model/catalogue.ts";
import { findInCatalogue } from "../model/catalogue-name.ts";
import { alikeNames } from "../model/nearest-names.ts";
import { FetchError } from "./fetch-error.ts";

/** Which file or quantisation of which repository is meant. */
export interface RepositoryModel {
  /** As `OWNER/REPOSITORY`. */
  readonly repository: string;
  readonly pick:
    | { readonly kind: "file"; readonly path: string }
    | { readonly kind: "quant"; readonly quant: string };
  /** In lower-case hexadecimal digits. */
  readonly sha256?: string;
  readonly known?: KnownModel;
}

/** What the catalogue says of a model before anybody is asked. */
export interface KnownModel {
  readonly bytes: number;
  readonly licence: string;
}

/** Reads names of the catalogue, `OWNER/REPOSITORY/FILE.gguf` and `OWNER/REPOSITORY:QUANT`, each with `@sha256:HEX` or without. */
export function readWantedModel(name: string): RepositoryModel {
  const [, bare = name, digest] = /^(.*)@(?:sha256:)?([0-9a-f]{64})$/i.exec(name) ?? [];
  const sha256 = digest === undefined ? {} : { sha256: digest.toLowerCase() };
  const [, repository, file, quant] = namePattern.exec(bare) ?? [];
  if (repository !== undefined && file !== undefined && isPlainPath(file))
    return { repository, pick: { kind: "file", path: file }, ...sha256 };
  if (repository !== undefined && quant !== undefined)
    return { repository, pick: { kind: "quant", quant }, ...sha256 };
  if (bare.includes("/")) throw new FetchError("name-unclear", { values: [name] });
  return { ...fromCatalogue(bare), ...sha256 };
}

function fromCatalogue(name: string): RepositoryModel {
  const choice = findInCatalogue(name);
  if (!choice) {
    const ids = catalogue.map(({ id }) => id);
    throw new FetchError("unknown-model", { values: [name, alikeNames(name, ids).join(", "), "catalogue"] });
  }
  if (choice.kind === "no-file")
    throw new FetchError("not-published", { values: [name, choice.quants.join(", ")] });
  const { model, quant, file } = choice;
  const known = { bytes: quant.bytes, licence: model.licence };
  return { repository: file.repository, pick: { kind: "file", path: file.path }, known };
}

const namePattern = /^([\w.-]+\/[\w.-]+)(?:\/([^\0\\?#]+\.gguf)|:([\w.-]+))$/i;

/** No segment of it leads elsewhere or is hidden. */
export function isPlainPath(path: string): boolean {
  return path.split("/").every((segment) => segment !== "" && !segment.startsWith("."));
}

/** The file's own name: under it the model is kept. Undefined where a file system may take it for something else. */
export function fileNameOf(path: string): string | undefined {
  const name = path.split("/").at(-1) ?? "";
  return /^[A-Za-z0-9][\w.+-]{0,200}\.gguf$/i.test(name) ? name : undefined;
}

/** Whether a quantisation may mean the file of a repository. */
export function ofQuant(quant: string): (path: string) => boolean {
  const escaped = quant.replaceAll(/[.-]/g, "\\$&");
  const named = new RegExp(`(?:^|[-._/])${escaped}(?:-\\d{5}-of-\\d{5})?\\.gguf$`, "i");
  return (path) => named.test(path) && !/(?:^|\/)mmproj/i.test(path);
}
