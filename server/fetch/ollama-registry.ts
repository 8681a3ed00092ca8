/** What Ollama's registry says of a model before it is pulled: its bytes and hosts. https://github.com/ollama/ollama */

import * as v from "valibot";
import { askJson } from "./ask-json.ts";
import { FetchError } from "./fetch-error.ts";
import type { RegistryModel } from "./ollama-name.ts";
import type { ModelOffer } from "./repository.ts";
import type { WebClient } from "./web-client.ts";

const digest = v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/));
const size = v.pipe(v.number(), v.integer(), v.minValue(0));
const layerSchema = v.object({ mediaType: v.string(), digest, size });
const manifestSchema = v.object({
  config: v.object({ digest, size }),
  layers: v.pipe(v.array(layerSchema), v.minLength(1)),
});

const weights = "application/vnd.ollama.image.model";

/** Rejects with a FetchError. Speaks to the registry alone. */
export async function lookUpInRegistry(
  model: RegistryModel,
  client: WebClient,
  signal: AbortSignal,
): Promise<ModelOffer> {
  const { registry, path, tag, name, known } = model;
  const manifest = await readManifest(model, client, signal);
  const layer = manifest.layers.find(({ mediaType }) => mediaType === weights);
  if (!layer) throw new FetchError("not-found", { values: [registry.host, name] });
  const url = new URL(`/v2/${path}/blobs/${layer.digest}`, registry);
  return {
    repository: `${registry.host}/${path}`,
    revision: tag,
    file: name,
    url: url.href,
    bytes: [manifest.config, ...manifest.layers].reduce((sum, each) => sum + each.size, 0),
    sha256: layer.digest.slice("sha256:".length),
    licence: { id: known?.licence ?? "unknown" },
    hosts: await hostsOf(url, client, signal),
  };
}

async function readManifest(
  { registry, path, tag, name }: RegistryModel,
  client: WebClient,
  signal: AbortSignal,
): Promise<v.InferOutput<typeof manifestSchema>> {
  const url = new URL(`/v2/${path}/manifests/${tag}`, registry);
  const accept = "application/vnd.docker.distribution.manifest.v2+json";
  const question = { url, host: registry.host, accept, schema: manifestSchema, what: name };
  return (await askJson(client, question, signal)).value;
}

/** The registry, and whoever keeps its files: Ollama is sent there by the same answer. */
async function hostsOf(url: URL, client: WebClient, signal: AbortSignal): Promise<readonly string[]> {
  const reply = await client.open({ url, method: "HEAD", hosts: new Set([url.host]) }, signal);
  if (reply.kind === "elsewhere") return [url.host, reply.url.host];
  reply.answer.discard();
  return [url.host];
}
