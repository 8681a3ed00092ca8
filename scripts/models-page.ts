/** `docs/models.md`, made from the catalogue and the table of accelerators. */

import { accelerators } from "../server/model/accelerators.ts";
import { type CatalogueModel, catalogue } from "../server/model/catalogue.ts";
import { kvBytesPerToken } from "../server/model/plan/load-bytes.ts";

export function modelsPage(): string {
  return `${[
    intro,
    "## What reasons",
    modelTable("reason"),
    "## What completes",
    modelTable("complete"),
    "## What embeds",
    modelTable("embed"),
    auto,
    figures,
    "## GPUs, chips and boards",
    acceleratorIntro,
    acceleratorTable(),
    planning,
  ].join("\n\n")}\n`;
}

const intro = `# Models

Made from \`server/model/catalogue.json\` and \`server/model/accelerators.json\` by \`npm run generate\`; do not edit.

These are the models that \`hearth plan\` chooses from. \`hearth models pull ID:QUANT\` fetches those whose quantisation is set in \`code\`: for these the repository and the file are known, and the SHA-256 is asked of the repository. Any other GGUF file can be used by its path.

An \`ID\` without a quantisation is pulled by Ollama, where one runs and its library has the model: it comes from Ollama's registry and lies with Ollama. With a quantisation it comes from \`models.source\` into Hearth's own folder, whether Ollama runs or not.`;

const auto = `## What \`auto\` takes

\`roles.complete\` and \`roles.reason\` are \`auto\` unless you name a model. Then the best is taken that is there:

1. The largest GGUF file in Hearth's models folder that can do it: what fills in the middle completes, what thinks before it answers reasons.
2. Where there is none, a model of an Ollama that runs. To complete: one that is known by its name to fill in the middle, or whose template does it (Ollama says \`insert\`). To reason: an R1, else another that thinks. The largest of them; what Ollama passes on to other machines is left out.
3. Where there is none either, the built-in completer completes, and nothing reasons.

Models with fewer than 50 million parameters are left out. Nothing is started and nothing is loaded to find out: an Ollama that is closed stays closed under \`auto\`, and one that you quit is not started again. Name the model (\`ollama/qwen2.5-coder:1.5b-base\`), and Hearth starts Ollama when it is needed, unless \`runtimes.ollama.start\` is false. Only this machine is asked, or the address that you have set yourself.`;

const figures = `## Where the figures are from

Shapes (layers, heads, vocabulary), contexts and licences are from the pages that each model's numbers lead to. Sizes in **bold** are those of a published file, to the two or three digits that its page shows; others are computed from the shape by llama.cpp's own rules for what each tensor becomes (\`test/support/quantised-size.ts\`). A test computes the published ones too: of the 15 dense ones none is off by more than half a per cent.

Keys and values are bytes of one token in 16 bits: 2 · layers · key-value heads · head dimension · 2. DeepSeek's own architecture keeps one vector of 576 values a layer instead; older GGUF files of it lack what llama.cpp needs for that, and take many times as much.`;

const acceleratorIntro = `Bandwidth is what bounds the writing of tokens: each reads every weight that it is computed with. Apple's chips share the main memory; macOS lets the GPU have two thirds of it up to 36 GB, three quarters above. Power and price are of the card alone, at most and when it came out; the plan tells what a million tokens cost where both are known, or you set them (\`plan.prices\`). Of a GPU that is not here 200 GB/s are assumed, and the plan says so; \`hearth plan --bandwidth\` names another.`;

const planning = `## How a plan is made

- Of a GPU 92 % is used, less where other programs use more than the rest; of the main memory 60 %, and on a board less than 1 GB in all.
- A model takes its weights, its keys and values, what llama.cpp computes in, and what the process or the GPU's driver takes ([ADR 0018](adr/0018-bytes-of-a-load.md)). What loads on this machine differed by is counted the next time.
- Only quantisations that can be fetched are planned, where any of a model can.
- What completes is set aside first. Both models come from one list of pairs in which neither ever becomes smaller (\`server/model/plan/tiers.ts\`), so more memory never means a smaller model.
- A pair is taken when it fits at its smallest quantisation with 8,192 tokens for what reasons, and writes at least 15 and 5 tokens a second.
- What memory is left goes, in this order, to: four bits in full, 16,384 tokens, finer weights while they stay quick, keys and values in 16 bits, longer contexts, more requests at once (\`server/model/plan/upgrades.ts\`).
- Keys and values in 8 bits need flash attention, which is off on the processor ([ADR 0008](adr/0008-llama-cpp-on-the-cpu.md)).
- Tokens a second are the bandwidth's 60 % over the bytes read for one token; a core reads 16 GB a second at most. Beyond 100 tokens a second the plan says only that it is more.
- The cost counts the GPUs on which the model that reasons lies, or a computer of 100 W and $800 where none computes. Nothing is assumed for Apple's chips and for boards.`;

function modelTable(role: CatalogueModel["role"]): string {
  const rows = catalogue.filter((model) => model.role === role).map(modelRow);
  return [
    "| model | parameters | context | keys and values | sizes in GB | licence | languages | sources |",
    "|---|---|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function modelRow(model: CatalogueModel): string {
  const { id, name, ollama, contextTokens, licence, commercial, languages, sources } = model;
  const cells = [
    `${name}<br>\`${id}\`${ollama === undefined ? "" : `<br>Ollama: \`${ollama}\``}`,
    parametersText(model),
    contextTokens.toLocaleString("en"),
    model.role === "embed"
      ? ""
      : `${(kvBytesPerToken({ shape: model.shape, kvType: "f16" }) / 1024).toFixed(0)} KiB`,
    model.quants.map(sizeText).join(", "),
    commercial ? licence : `${licence} (not for work)`,
    languages,
    sources.map((url, index) => `[${index + 1}](${url})`).join(" "),
  ];
  return `| ${cells.join(" | ")} |`;
}

function parametersText({ parameters, activeParameters }: CatalogueModel): string {
  const all = `${billions(parameters)} billion`;
  return activeParameters === undefined ? all : `${all}, ${billions(activeParameters)} active`;
}

function billions(count: number): string {
  return (count / 1e9).toFixed(count < 1e10 ? 2 : 1);
}

function sizeText({ quant, bytes, from, file }: CatalogueModel["quants"][number]): string {
  const size = (bytes / 1e9).toFixed(bytes < 1e10 ? 2 : 1);
  return `${file ? `\`${quant}\`` : quant} ${from === "published" ? `**${size}**` : size}`;
}

function acceleratorTable(): string {
  const rows = accelerators.map(({ name, memoryGiB, bandwidth, source, cost }) => {
    const memory = memoryGiB === undefined ? "shared" : `${memoryGiB} GiB`;
    const sources = [source, ...(cost?.sources ?? [])].map((url, index) => `[${index + 1}](${url})`);
    const [watts, price] = cost ? [`${cost.watts} W`, `$${cost.dollars.toLocaleString("en")}`] : ["", ""];
    const cells = [name, memory, `${bandwidth.toLocaleString("en")} GB/s`, watts, price, sources.join(" ")];
    return `| ${cells.join(" | ")} |`;
  });
  const heads = "| name | memory | bandwidth | power | first price | sources |";
  return [heads, "|---|---|---|---|---|---|", ...rows].join("\n");
}
