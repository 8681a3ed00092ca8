/** Everything that settings, files and servers may be that cannot work, and what is then said of it. */

import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type BadInput,
  endsWith,
  everywhere,
  ill,
  models,
  nobody,
  ofLlamaServer,
  ofOllama,
  ofOpenAi,
  ollamaWith,
  tlsServer,
} from "./bad-input.ts";
import { authority } from "./certificates.ts";
import { ggufBytes, soundMetadata } from "./gguf-fixtures.ts";
import { illnesses, illServer } from "./ill-server.ts";
import { value, wellShown } from "./ollama-stand-in.ts";
import { gateway, openAiStandIn } from "./openai-stand-in.ts";
import { RecordingProxy } from "./recording-proxy.ts";
import { scripted } from "./scripted-model.ts";

const ours = authority("Ours");
const theirs = authority("Theirs");
/** The doctor looks at the server itself, too. */
const ofServer = ["roles.complete", "openai"];
const stranger = { code: "runtime-unreachable", says: /What answers at \S+ is not \S+\.$/ } as const;
const strangerMend = /^Correct runtimes\.\w+\.url, or end the program that has the port\.$/;

export const badInputs: Readonly<Record<string, BadInput>> = {
  ...named("a page in place of JSON", everywhere(illnesses.html, { ...stranger, mend: strangerMend })),
  ...named("an impostor", everywhere(illnesses.impostor, { ...stranger, mend: strangerMend })),
  ...named("half a JSON", everywhere(illnesses.halfJson, { ...stranger, mend: strangerMend })),
  ...named("a web server of files", everywhere(illnesses.outdated, { ...stranger, mend: strangerMend })),
  ...named(
    "a way elsewhere",
    everywhere(illnesses.elsewhere, {
      code: "refused",
      says: /sends elsewhere/,
      mend: /^Set runtimes\.\w+\.url to/,
    }),
  ),
  ...named(
    "a gateway with nothing behind it",
    everywhere(illnesses.htmlError, {
      code: "runtime-unreachable",
      says: /does not reach \S+ \(HTTP 502\)/,
      mend: /^Start \S+, which should run behind it/,
    }),
  ),
  ...named(
    "an answer without end",
    everywhere(illnesses.endlessLine, { code: "refused", says: /without end/, mend: strangerMend }),
  ),
  "openai: a key that is wanted": {
    ...everywhere(illnesses.keyWanted, {
      code: "refused",
      says: /API key, or wants one/,
      mend: /Set API Key/,
    }).openai,
    checks: ["roles.complete"],
  },
  "llama-server: a key that is wanted": {
    ...everywhere(illnesses.keyWanted, {
      code: "refused",
      says: /Invalid API Key/,
      mend: /runtimes\.openai\.url/,
    })["llama-server"],
  },
  "ollama: one that hangs": {
    prepare: async (place) => ({
      settings: { ...ofOllama, "runtimes.ollama.url": await ill(illnesses.silent, place) },
    }),
    code: "timeout",
    says: /Ollama at \S+ did not answer in time/,
    mend: /restart Ollama/,
    checks: ["roles.complete", "ollama"],
  },
  "ollama: nobody there": {
    prepare: () => ({ settings: { ...ofOllama, "runtimes.ollama.url": nobody } }),
    code: "runtime-unreachable",
    says: /Ollama does not answer at \S+ \(ECONNREFUSED\)/,
    mend: /^Start it there, or correct runtimes\.ollama\.url/,
  },
  "ollama: a program that is not there": {
    prepare: () => ({
      settings: {
        ...ofOllama,
        "runtimes.ollama.start": true,
        "runtimes.ollama.url": nobody,
        "runtimes.ollama.path": "/nowhere/ollama",
      },
    }),
    code: "runtime-down",
    says: /There is no program \/nowhere\/ollama/,
    mend: /runtimes\.ollama\.path/,
  },
  "ollama: a model that is not there": {
    prepare: ollamaWith({}, "ollama/r1:8b"),
    code: "model-not-found",
    says: /has no r1:8b\. Nearest: r1:7b, r1:14b, qwen-coder:latest/,
    mend: /roles\.complete/,
  },
  "ollama: a model in a cloud": {
    prepare: ollamaWith({ "/api/show": value({ ...wellShown, remote_host: "https://ollama.com" }) }),
    code: "refused",
    says: /does not run on this Ollama but at https:\/\/ollama\.com/,
    mend: /Name a model that Ollama holds itself/,
  },
  "ollama: models of a cloud alone": {
    prepare: ollamaWith({
      "/api/tags": value({ models: [{ name: "far:latest", remote_host: "https://far.example" }] }),
    }),
    code: "model-not-found",
    says: /has only models of a cloud/,
    mend: /hearth models pull/,
    checks: ["roles.complete", "ollama"],
  },
  "ollama: a model that cannot fill in the middle": {
    prepare: ollamaWith({}, "ollama/r1:7b"),
    code: "capability-missing",
    says: /r1:7b was not trained to fill in the middle/,
    mend: /roles\.complete/,
  },
  "ollama: a model without a conversation bound to reason": {
    role: "roles.reason",
    prepare: ollamaWith(
      {
        "/api/show": value({ ...wellShown, capabilities: ["embedding"] }),
        "/api/embed": value({ embeddings: [] }),
      },
      "ollama/qwen-coder",
      "roles.reason",
    ),
    code: "capability-missing",
    says: /has no chat template/,
    mend: /roles\.reason/,
    checks: ["roles.reason"],
  },
  "ollama: another machine, while offline": {
    prepare: () => ({ settings: { ...ofOllama }, env: { OLLAMA_HOST: "http://gpu.example:11434" } }),
    code: "refused",
    says: /OLLAMA_HOST names another machine/,
    mend: /privacy\.offline/,
    checks: ["roles.complete", "ollama"],
  },
  "llama-server: nobody there": {
    prepare: () => ({ settings: { ...ofLlamaServer, "runtimes.llamaServer.url": nobody } }),
    code: "runtime-unreachable",
    says: /ECONNREFUSED/,
    mend: /^Start it there, or correct runtimes\.llamaServer\.url/,
  },
  "llama-server: a program that is not there": {
    prepare: async () => ({
      settings: {
        "roles.complete": `llama-server/${await scripted({ infill: "x" })}`,
        "runtimes.llamaServer.path": "/nowhere/llama-server",
      },
    }),
    code: "runtime-down",
    says: /There is no program \/nowhere\/llama-server/,
    mend: /runtimes\.llamaServer\.path/,
  },
  "llama-server: another model": {
    prepare: async (place) => {
      const server = await illServer({ illness: illnesses.html, illPath: "/nothing" });
      place.after(() => server.dispose());
      return {
        settings: { "roles.complete": "llama-server/other", "runtimes.llamaServer.url": server.url },
      };
    },
    code: "model-not-found",
    says: /serves \S*well-qwen-coder\.gguf.*, not other/,
    mend: /roles\.complete/,
  },
  "llama-server: a GPU that is full": {
    prepare: endsWith(
      "ggml_backend_cuda_buffer_type_alloc_buffer: allocating 4095.05 MiB on device 0: cudaMalloc failed: out of memory",
    ),
    code: "out-of-memory",
    says: /cudaMalloc failed/,
    mend: /smaller model/,
  },
  "llama-server: a driver that is too old": {
    prepare: endsWith("CUDA error: CUDA driver version is insufficient for CUDA runtime version"),
    code: "runtime-down",
    says: /graphics driver is too old/,
    mend: /Update the graphics driver/,
  },
  "llama-server: a processor without AVX2": {
    prepare: endsWith("Illegal instruction (core dumped)"),
    code: "runtime-down",
    says: /built for another processor/,
    mend: /Install a build for this processor/,
  },
  "llama-server: a library that is missing": {
    prepare: endsWith(
      "llama-server: error while loading shared libraries: libcudart.so.12: cannot open shared object file: No such file or directory",
    ),
    code: "runtime-down",
    says: /lacks a library: libcudart\.so\.12/,
    mend: /Install what it lacks/,
  },
  "llama-server: an option that it does not know": {
    prepare: endsWith("error: invalid argument: --nonsense"),
    code: "runtime-down",
    says: /does not know the option --nonsense/,
    mend: /arguments in the settings/,
  },
  "llama-server: a chat template that does not parse": {
    prepare: endsWith(
      "E common_chat_templates_init: error: parser: Parser Error: Expected }} (Got )\nE init: chat template parsing error",
    ),
    code: "model-invalid",
    says: /cannot read the model's chat template: Expected }}/,
    mend: /--chat-template.*runtimes\.llamaServer\.args/,
  },
  "openai: no address": {
    prepare: () => ({ settings: { ...ofOpenAi } }),
    code: "runtime-unreachable",
    says: /runtimes\.openai\.url is not set/,
    mend: /^Set runtimes\.openai\.url/,
  },
  "openai: a model that is not there": {
    prepare: async ({ after }) => {
      const server = await openAiStandIn(gateway("qwen2.5-coder-7b"));
      after(() => server.dispose());
      return { settings: { "roles.complete": "openai/qwen-coder", "runtimes.openai.url": server.url } };
    },
    code: "model-not-found",
    says: /has no model qwen-coder\. Nearest: qwen2\.5-coder-7b/,
    mend: /roles\.complete/,
  },
  "openai: a model that cannot fill in the middle": {
    prepare: async ({ after }) => {
      const server = await openAiStandIn(gateway("gpt-x"));
      after(() => server.dispose());
      return { settings: { "roles.complete": "openai/gpt-x", "runtimes.openai.url": server.url } };
    },
    code: "capability-missing",
    says: /gpt-x was not trained/,
    mend: /roles\.complete/,
  },
  "openai: a certificate that has expired": {
    prepare: tlsServer(ours.issue({ until: -0.5 }), ours.cert),
    code: "refused",
    says: /has expired, or is not valid yet/,
    mend: /renew its certificate/,
    checks: ofServer,
  },
  "openai: a certificate that vouches for itself": {
    prepare: tlsServer(theirs, ours.cert),
    code: "refused",
    says: /Nobody vouches for the certificate/,
    mend: /runtimes\.openai\.tls\.ca/,
    checks: ofServer,
  },
  "openai: a certificate for another name": {
    prepare: tlsServer(ours.issue({ names: ["example.org"] }), ours.cert),
    code: "refused",
    says: /is for another name/,
    mend: /name that stands in the certificate/,
    checks: ofServer,
  },
  "openai: a name that nobody knows": {
    prepare: () => ({ settings: { ...ofOpenAi, "runtimes.openai.url": "http://models.invalid:8000" } }),
    code: "runtime-unreachable",
    says: /name server/,
    mend: /runtimes\.openai\.url/,
    checks: ofServer,
  },
  "openai: a proxy that refuses": {
    prepare: async ({ after }) => {
      const proxy = await RecordingProxy.start("refuses");
      after(() => proxy.dispose());
      return {
        settings: { ...ofOpenAi, "runtimes.openai.url": "https://models.test" },
        env: { HTTPS_PROXY: proxy.url },
      };
    },
    code: "refused",
    says: /The proxy does not let through/,
    mend: /HTTPS_PROXY/,
    checks: ofServer,
  },
  "openai: a proxy that is not there": {
    prepare: () => ({
      settings: { ...ofOpenAi, "runtimes.openai.url": "https://models.test" },
      env: { HTTPS_PROXY: nobody },
    }),
    code: "runtime-unreachable",
    says: /The proxy 127\.0\.0\.1:9 does not answer/,
    mend: /HTTPS_PROXY/,
    checks: ofServer,
  },
  "openai: a proxy that says nothing": {
    prepare: async ({ after }) => {
      const proxy = await RecordingProxy.start("hangs");
      after(() => proxy.dispose());
      return {
        settings: { ...ofOpenAi, "runtimes.openai.url": "https://models.test" },
        env: { HTTPS_PROXY: proxy.url },
      };
    },
    code: "runtime-unreachable",
    says: /The proxy 127\.0\.0\.1:\d+ does not answer|did not answer in time/,
    mend: /HTTPS_PROXY/,
    checks: ofServer,
  },
  "openai: a proxy that is no address": {
    prepare: () => ({
      settings: { ...ofOpenAi, "runtimes.openai.url": "https://models.test" },
      env: { HTTPS_PROXY: "proxy:3128" },
    }),
    code: "refused",
    says: /HTTPS_PROXY is no address/,
    mend: /^Set HTTPS_PROXY/,
    checks: ["proxy", ...ofServer],
  },
  "embedded: a model that is not there": {
    prepare: async ({ home }) => {
      const folder = await models(home);
      for (const name of ["qwen-coder-1.5b", "qwen-coder-7b", "r1-7b", "other"])
        await writeFile(join(folder, `${name}.gguf`), ggufBytes());
      return { settings: { "roles.complete": "embedded/qwen-coder-3b" } };
    },
    code: "model-not-found",
    says: /Nearest: qwen-coder-7b, qwen-coder-1\.5b, (?:r1-7b|other)/,
    mend: /roles\.complete/,
    // Of the one that reasons it says that it is too small.
    checks: ["roles.complete", "roles.reason"],
  },
  "embedded: a model that is half fetched": {
    prepare: async ({ home }) => {
      await writeFile(join(await models(home), "coder.gguf.part"), "half");
      return { settings: { "roles.complete": "embedded/coder" } };
    },
    code: "model-not-found",
    says: /coder\.gguf/,
    mend: /roles\.complete/,
    checks: ["models", "roles.complete"],
  },
  "embedded: a file that is cut short": {
    prepare: async ({ home }) => {
      const path = join(home, "cut.gguf");
      await writeFile(path, ggufBytes().subarray(0, 900));
      return { settings: { "roles.complete": `embedded/${path}` } };
    },
    code: "model-invalid",
    says: /is cut short: the tensor token_embd\.weight ends at byte 1664, the file at 900/,
    mend: /Fetch the file again/,
  },
  "embedded: a folder": {
    prepare: ({ home }) => ({ settings: { "roles.complete": `embedded/${home}` } }),
    code: "model-not-found",
    says: /is a folder/,
    mend: /Name the GGUF file itself/,
  },
  "embedded: a link that leads to itself": {
    prepare: async ({ home }) => {
      const path = join(home, "loop.gguf");
      await symlink(path, path);
      return { settings: { "roles.complete": `embedded/${path}` } };
    },
    code: "model-not-found",
    says: /is a link that leads back to itself/,
    mend: /Make the link again/,
  },
  "embedded: an architecture that nobody knows": {
    prepare: async ({ home }) => {
      const path = join(home, "qwen-coder-odd.gguf");
      const metadata = soundMetadata.filter(([key]) => key !== "general.type");
      await writeFile(path, ggufBytes({ metadata: [...metadata, ["general.type", "string", "adapter"]] }));
      return { settings: { "roles.complete": `embedded/${path}` } };
    },
    code: "model-unsupported",
    says: /holds no language model but: adapter/,
    mend: /roles\.complete/,
  },
};

function named(name: string, rows: Readonly<Record<string, BadInput>>): Readonly<Record<string, BadInput>> {
  return Object.fromEntries(Object.entries(rows).map(([runtime, row]) => [`${runtime}: ${name}`, row]));
}
