/**
 * What a Hugging Face-style repository says of a model file before it is fetched: its address, size, SHA-256 and
 * licence, and which hosts it would come from. https://huggingface.co/docs/hub/api
 */

import * as v from "valibot";
import { oneLine } from "../base/one-line.ts";
import { firstPart, partPaths } from "../model/gguf-parts.ts";
import { nearestNames } from "../model/nearest-names.ts";
import { askJson, type JsonAnswer } from "./ask-json.ts";
import { FetchError } from "./fetch-error.ts";
import { fileNameOf, isPlainPath, ofQuant, type RepositoryModel } from "./wanted-model.ts";
import { statusFailure, type WebClient } from "./web-client.ts";

/** A model as it is offered: what a person confirms. */
export interface ModelOffer {
  readonly repository: string;
  /** Of the repository's history, so that the address always means the same file; a branch where it is not told. */
  readonly revision: string;
  /** The name under which it is kept; of several files that of the first, as are address and hash. */
  readonly file: string;
  readonly url: string;
  /** Of all its files. */
  readonly bytes: number;
  readonly sha256: string;
  readonly licence: Licence;
  /** All that will be spoken to, with their ports; the source first. */
  readonly hosts: readonly string[];
}

/** One file of it, with every byte promised. */
export interface OfferedFile {
  /** The name under which it is kept. */
  readonly file: string;
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What a repository offers: a model in one file, or in several. */
export interface RepositoryOffer extends ModelOffer {
  /** The first is the one that the model is loaded by. */
  readonly parts: readonly OfferedFile[];
}

export interface Licence {
  /** As the repository names it, such as `apache-2.0`; `unknown` where it says nothing. */
  readonly id: string;
  readonly link?: string;
}

export interface Repositories {
  readonly client: WebClient;
  readonly source: URL;
}

/** Rejects with a FetchError. Speaks to the source alone. */
export async function lookUp(
  wanted: RepositoryModel,
  repositories: Repositories,
  signal: AbortSignal,
): Promise<RepositoryOffer> {
  const info = await readInfo(wanted.repository, repositories, signal);
  const models = await readModels({ ...wanted, revision: info.revision }, repositories, signal);
  const [first, ...others] = partsOf(pickFile(wanted, models), models);
  const place = { ...wanted, ...info };
  const part = await lookUpFile(first, { place, repositories }, signal);
  const parts = [part];
  const { sha256: _, ...rest } = place;
  for (const file of others) parts.push(await lookUpFile(file, { place: rest, repositories }, signal));
  return {
    ...part,
    repository: wanted.repository,
    revision: info.revision,
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    licence: info.licence,
    hosts: [...new Set(parts.flatMap(({ hosts }) => hosts))],
    parts,
  };
}

/** Of a model in several files all of them, the first of them first, whichever was named. */
function partsOf(
  file: RepositoryFile,
  models: readonly RepositoryFile[],
): readonly [RepositoryFile, ...RepositoryFile[]] {
  const byPath = new Map(models.map((each) => [each.path, each]));
  const find = (path: string) => {
    const found = byPath.get(path);
    if (found) return found;
    throw new FetchError("in-parts", { values: [file.path, path] });
  };
  const [first = file.path, ...others] = partPaths(firstPart(file.path));
  return [find(first), ...others.map(find)];
}

interface FilePlace {
  readonly place: { readonly repository: string; readonly revision: string; readonly sha256?: string };
  readonly repositories: Repositories;
}

async function lookUpFile(
  { path, size, lfs }: RepositoryFile,
  { place, repositories }: FilePlace,
  signal: AbortSignal,
): Promise<OfferedFile & Pick<ModelOffer, "hosts">> {
  const { repository, revision } = place;
  const file = fileNameOf(path);
  if (file === undefined) throw new FetchError("name-unclear", { values: [path] });
  const url = addressOf(repositories.source, [repository, "resolve", revision, path]);
  const served = await whoServes(url, repositories, signal);
  const sha256 = place.sha256 ?? lfs?.oid ?? served.sha256;
  const bytes = lfs?.size ?? size ?? served.bytes;
  if (sha256 === undefined) throw new FetchError("no-hash", { values: [`${repository}/${path}`] });
  if (bytes === undefined) throw new FetchError("stranger", { values: [url.host] });
  return { file, url: url.href, bytes, sha256: sha256.toLowerCase(), hosts: served.hosts };
}

const text = v.nullish(v.string());
const infoSchema = v.object({
  sha: v.optional(v.pipe(v.string(), v.regex(/^[\w.-]+$/))),
  cardData: v.nullish(v.object({ license: v.nullish(v.unknown()), license_name: text, license_link: text })),
  tags: v.optional(v.array(v.string()), []),
});

interface RepositoryInfo {
  readonly revision: string;
  readonly licence: Licence;
}

async function readInfo(
  repository: string,
  repositories: Repositories,
  signal: AbortSignal,
): Promise<RepositoryInfo> {
  const url = addressOf(repositories.source, ["api/models", repository, "revision/main"]);
  const { client, source } = repositories;
  const question = { url, host: source.host, schema: infoSchema, what: repository };
  const answer = await askJson(client, question, signal);
  const { sha = "main", cardData, tags } = answer.value;
  const tagged = tags.find((tag) => tag.startsWith("license:"))?.slice("license:".length);
  const named = typeof cardData?.license === "string" ? cardData.license : tagged;
  const id = named === "other" ? (cardData?.license_name ?? named) : named;
  const link = webAddress(cardData?.license_link ?? "");
  const licence = { id: oneLine(id ?? "unknown", mostOfLicence), ...(link === undefined ? {} : { link }) };
  return { revision: sha, licence };
}

/** Those that there are have fewer letters. */
const mostOfLicence = 100;
const mostOfLink = 500;

/** Whoever puts a model there writes it: a link is shown where it leads to a page, and as that page is spelt. */
function webAddress(link: string): string | undefined {
  if (link.length > mostOfLink || !/^https?:\/\//i.test(link) || !URL.canParse(link)) return undefined;
  return new URL(link).href;
}

const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/i));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const fileSchema = v.object({
  type: v.string(),
  path: v.pipe(v.string(), v.maxLength(1024)),
  size: v.optional(count),
  lfs: v.nullish(v.object({ oid: digest, size: v.optional(count) })),
});
type RepositoryFile = v.InferOutput<typeof fileSchema>;

/** Of a thousand files each. */
const mostPages = 20;
/** What is behind them is not looked at: no repository has so many. */
const mostModels = 5000;

async function readModels(
  { repository, revision }: { readonly repository: string; readonly revision: string },
  { client, source }: Repositories,
  signal: AbortSignal,
): Promise<readonly RepositoryFile[]> {
  const models: RepositoryFile[] = [];
  let url: URL | undefined = addressOf(source, ["api/models", repository, "tree", revision]);
  url.searchParams.set("recursive", "true");
  for (let page = 0; url && page < mostPages && models.length < mostModels; page++) {
    const question = { url, host: source.host, schema: v.array(fileSchema), what: repository };
    const answer = await askJson(client, question, signal);
    models.push(...answer.value.filter(({ type, path }) => type === "file" && /\.gguf$/i.test(path)));
    url = nextPage(answer);
  }
  return models.slice(0, mostModels);
}

function nextPage({ header, url }: Pick<JsonAnswer<v.GenericSchema>, "header" | "url">): URL | undefined {
  const next = /<([^>]+)>\s*;\s*rel="?next"?/.exec(header("link") ?? "")?.[1];
  return next !== undefined && URL.canParse(next, url.href) ? new URL(next, url) : undefined;
}

function pickFile({ repository, pick }: RepositoryModel, models: readonly RepositoryFile[]): RepositoryFile {
  const isWanted = pick.kind === "file" ? (path: string) => path === pick.path : ofQuant(pick.quant);
  const wanted = models.filter(({ path }) => isWanted(path));
  const [found, another] = wanted;
  const name = pick.kind === "file" ? `${repository}/${pick.path}` : `${repository}:${pick.quant}`;
  if (!found) {
    const near = nearest(pick.kind === "file" ? pick.path : pick.quant, models);
    throw new FetchError("unknown-model", { values: [name, near] });
  }
  if (another && new Set(wanted.map(({ path }) => firstPart(path))).size > 1) {
    const paths = wanted.slice(0, 8).map(({ path }) => path);
    throw new FetchError("several-files", { values: [name, paths.join(", ")] });
  }
  return found;
}

/** Each is compared letter by letter. */
const mostCompared = 500;

/** None that a pull would refuse. */
function nearest(wanted: string, models: readonly RepositoryFile[]): string {
  const paths = models.map(({ path }) => path).filter((path) => isPlainPath(path) && fileNameOf(path));
  return nearestNames(wanted, [...new Set(paths)].slice(0, mostCompared)).join(", ");
}

interface Served {
  readonly hosts: readonly string[];
  readonly bytes: number | undefined;
  readonly sha256: string | undefined;
}

/** Asks for the file's head alone, and follows it no further than the source. */
async function whoServes(url: URL, repositories: Repositories, signal: AbortSignal): Promise<Served> {
  const { client, source } = repositories;
  const hosts = new Set([source.host]);
  const headers = { "accept-encoding": "identity" };
  const reply = await client.open({ url, method: "HEAD", headers, hosts }, signal);
  if (reply.kind === "elsewhere")
    return { hosts: [source.host, reply.url.host], bytes: undefined, sha256: undefined };
  const { answer } = reply;
  answer.discard();
  if (answer.status >= 400 && answer.status !== 405) throw statusFailure(answer, url.pathname);
  const bytes = Number(answer.header("x-linked-size") ?? answer.header("content-length") ?? Number.NaN);
  const sha256 = /^"?([0-9a-f]{64})"?$/i.exec(answer.header("x-linked-etag") ?? "")?.[1];
  return { hosts: [source.host], bytes: Number.isSafeInteger(bytes) ? bytes : undefined, sha256 };
}

/** Below the source's own path. */
function addressOf(source: URL, parts: readonly string[]): URL {
  const base = source.href.endsWith("/") ? source : new URL(`${source.href}/`);
  const path = parts.flatMap((part) => part.split("/")).map(encodeURIComponent);
  return new URL(path.join("/"), base);
}
