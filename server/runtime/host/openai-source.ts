/** A model of a server that speaks OpenAI's protocol, here or elsewhere. */

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import * as v from "valibot";
import { isLoopback } from "../../base/loopback.ts";
import type { OpenAiFinding } from "../../model/findings.ts";
import { RuntimeError, toRuntimeError } from "../../model/runtime-error.ts";
import { HttpClient, type TlsFiles } from "../http/http-client.ts";
import { StatusError } from "../http/http-errors.ts";
import { connectOpenAi } from "../openai/connect-openai.ts";
import { type Connected, ConnectedSource } from "./connected-source.ts";
import type { FoundModel, SourcePorts } from "./model-source.ts";
import { remoteModelName, type SpecOf } from "./protocol.ts";
import { withAdvice } from "./with-advice.ts";

type Spec = SpecOf<"openai">;

export function findOpenAi(spec: Spec): FoundModel {
  // Another key or session is another model to us: what one person may ask is nothing to another.
  const id = createHash("sha256").update(JSON.stringify(spec)).digest("hex");
  return {
    id,
    model: remoteModelName(spec),
    create: (ports) => new ConnectedSource((at, signal) => connect(spec, at, signal), ports),
  };
}

async function connect(spec: Spec, { clock }: SourcePorts, signal: AbortSignal): Promise<Connected> {
  const url = rootOf(spec.url);
  checkSecrecy(spec, url);
  const tls = await readTls(spec.tls);
  const headers = {
    ...(spec.key === undefined ? {} : { authorization: `Bearer ${spec.key}` }),
    ...(spec.session === undefined ? {} : { "x-session-id": spec.session }),
  };
  const client = new HttpClient({ url: url.href, name: "openai", headers, tls, proxy: spec.proxy ?? "" });
  try {
    const { info, runtime } = await connectOpenAi({ client, url, clock }, spec.model, signal);
    return { info, runtime: withAdvice(runtime, servedByOthers), dispose: () => client.dispose() };
  } catch (error) {
    client.dispose();
    throw error;
  }
}

const lookMs = 5000;
const listSchema = v.object({ data: v.array(v.unknown()) });

/** Asks for its list of models, without a key: whoever looks may have no right to it. */
export async function lookAtOpenAi(
  { url: address, tls: paths }: Pick<Spec, "url" | "tls">,
  signal: AbortSignal,
): Promise<OpenAiFinding> {
  const url = rootOf(address);
  const tls = await readTls(paths);
  const client = new HttpClient({ url: url.href, name: "openai", tls });
  try {
    const request = { path: "v1/models", schema: listSchema, limitMs: lookMs };
    const { data } = await client.json(request, signal);
    return { kind: "found", url: url.origin, models: data.length };
  } catch (error) {
    if (error instanceof StatusError && (error.status === 401 || error.status === 403))
      return { kind: "wants-key", url: url.origin };
    throw error;
  } finally {
    client.dispose();
  }
}

/** What is loaded there, and how, its owner decides. */
function servedByOthers({ sentence, values }: RuntimeError): RuntimeError {
  return new RuntimeError("out-of-memory", sentence, {
    values,
    mend: "Whoever runs that server can give it a shorter context or a smaller model; until then name another model in roles.complete.",
  });
}

/** People give the address with the `/v1` that other programs want. */
function rootOf(address: string): URL {
  const url = new URL(address);
  url.pathname = url.pathname.replace(/\/v1\/?$/, "/");
  url.search = "";
  url.hash = "";
  return url;
}

/** What is secret goes to no one who has not proved who they are. */
function checkSecrecy({ key, tls }: Spec, url: URL): void {
  if (url.protocol === "https:") return;
  if (Object.keys(tls).length > 0)
    throw new RuntimeError("refused", "{0} is no https address, so the certificates would prove nothing.", {
      values: [url.origin],
      mend: "Set runtimes.openai.url to an https address, or leave runtimes.openai.tls empty.",
    });
  if (key === undefined || isLoopback(url)) return;
  throw new RuntimeError("refused", "The API key is not sent to {0}: anybody on the way could read it.", {
    values: [url.origin],
    mend: "Set runtimes.openai.url to an https address, or take the key away.",
  });
}

async function readTls(paths: Spec["tls"]): Promise<TlsFiles> {
  const files = await Promise.all(
    Object.entries(paths).map(async ([name, path]) => [name, await readPem(path)] as const),
  );
  const tls: TlsFiles = Object.fromEntries(files);
  try {
    createSecureContext({ ...tls });
  } catch (error) {
    throw unusable(Object.values(paths).join(", "), error);
  }
  return tls;
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw unusable(path, error);
  }
}

function unusable(path: string, cause: unknown): RuntimeError {
  return new RuntimeError("refused", "The certificate cannot be used: {0}: {1}", {
    values: [path, toRuntimeError(cause).message],
    mend: "Set runtimes.openai.tls.ca, .cert and .key to PEM files, cert and key together.",
    cause,
  });
}
