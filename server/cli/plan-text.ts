/** A plan on a terminal: the machine, a few lines a role, the reasons and what else there is. */

import { byteSize } from "../base/byte-size.ts";
import type { Localizer } from "../base/l10n.ts";
import { count, inGib } from "../model/plan/explain.ts";
import { quickest } from "../model/plan/limits.ts";
import type { PlanAlternative, PlanResult, PlanRole } from "../protocol/plan.ts";
import { parseRole } from "../protocol/role.ts";
import { brokenText } from "./broken-text.ts";
import type { Paint } from "./paint.ts";
import { textWidth, visibleText } from "./visible-text.ts";

export interface PlanTextOptions {
  readonly localizer: Localizer;
  readonly columns: number;
  readonly paint: Paint;
}

export function planText(result: PlanResult, { localizer, columns, paint }: PlanTextOptions): string {
  const { t } = localizer;
  const { complete, reason } = result.roles;
  const rows: readonly (readonly [string, readonly string[]])[] = [
    [t("machine"), [machineText(result.hardware, localizer)]],
    [
      t("completion"),
      complete ? roleText(complete, localizer) : [t("built in (learns from this workspace)")],
    ],
    [t("reasoning"), reason ? roleText(reason, localizer) : [t("none")]],
    [t("because"), result.because.map((sentence) => `- ${sentence}`)],
    [t("cost"), costLines(result, localizer).map((sentence) => `- ${sentence}`)],
    [t("instead"), othersOf(result, "smaller")],
    [t("too large"), othersOf(result, "memory")],
    [t("too slow"), othersOf(result, "speed")],
    [t("fetch"), [complete, reason].flatMap((role) => (role ? fetchLines(role, localizer) : []))],
  ];
  const width = Math.max(...rows.map(([title]) => textWidth(title))) + 2;
  const room = Math.max(20, columns - width);
  return rows
    .filter(([, lines]) => lines.length > 0)
    .flatMap(([title, lines]) => {
      const broken = lines.flatMap((line) => hanging(visibleText(line), room));
      return broken.map((line, index) =>
        index === 0
          ? paint.strong(title) + " ".repeat(width - textWidth(title)) + line
          : " ".repeat(width) + line,
      );
    })
    .join("\n");
}

/** What follows a dash, or stands below one, is set in. */
function hanging(line: string, room: number): readonly string[] {
  const [mark = ""] = /^(?:- | {2})/.exec(line) ?? [];
  const indent = " ".repeat(mark.length);
  const parts = brokenLines(line.slice(mark.length), room - mark.length);
  return parts.map((part, index) => (index === 0 ? mark : indent) + part);
}

function costLines({ cost, roles }: PlanResult, { t }: Localizer): readonly string[] {
  if (cost || !roles.reason) return cost?.because ?? [];
  return [
    t(
      "Hearth does not know what this hardware takes and costs: {0} and {1} say it.",
      "--watts",
      "--hardware-price",
    ),
  ];
}

function othersOf({ alternatives }: PlanResult, kind: PlanAlternative["kind"]): readonly string[] {
  return alternatives
    .filter((other) => other.kind === kind)
    .map((other) => `- ${pairText(other)}: ${other.why}`);
}

/** None for one that is on this disk. */
function fetchLines({ model, name, pull, ollama, bytes }: PlanRole, { t }: Localizer): readonly string[] {
  if (parseRole(model).kind === "embedded") return [];
  const first =
    pull === "" ? t("Hearth knows no file of {0} to fetch.", name) : pullText(pull, bytes.weights);
  const other = ollama === "" ? [] : [`  ${t("or, as Ollama has it: {0}", `ollama pull ${ollama}`)}`];
  return [`- ${first}`, ...other];
}

function pullText(pull: string, bytes: number): string {
  return `hearth models pull ${pull} (${byteSize(bytes)})`;
}

/** A number and its unit stay together. */
function brokenLines(line: string, room: number): readonly string[] {
  const joined = line.replace(/(?<=\d) (?=GiB|GB|MB)/g, "\u00a0");
  return brokenText(joined, room).map((part) => part.replaceAll("\u00a0", " "));
}

function machineText({ gpus, ramBytes, cores }: PlanResult["hardware"], { t, language }: Localizer): string {
  const [gpu] = gpus;
  const ram = inGib(ramBytes);
  const memory = cores === 1 ? t("{0} of memory, 1 core", ram) : t("{0} of memory, {1} cores", ram, cores);
  if (!gpu) return t("{0}, {1}", t("no GPU"), memory);
  const bandwidth = `${count(gpu.bandwidth / 1e9, language)} GB/s`;
  const speed = gpu.bandwidthFrom === "assumed" ? t("{0} assumed", bandwidth) : bandwidth;
  const times = gpus.length > 1 ? `${gpus.length} × ` : "";
  return t("{0} ({1}, {2}), {3}", `${times}${gpu.name}`, inGib(gpu.memoryBytes), speed, memory);
}

function roleText(role: PlanRole, { t, language }: Localizer): readonly string[] {
  const { weights, kv, overhead } = role.bytes;
  const tokens = count(role.contextTokens, language);
  return [
    `${role.name} ${role.quant} (${role.licence})`,
    t(
      "{0}: weights {1}, keys and values {2}, the rest {3}",
      inGib(weights + kv + overhead),
      inGib(weights),
      inGib(kv),
      inGib(overhead),
    ),
    role.tokensPerSecond > quickest
      ? t("context of {0} tokens, more than {1} tokens a second", tokens, quickest)
      : t("context of {0} tokens, about {1} tokens a second", tokens, count(role.tokensPerSecond, language)),
  ];
}

function pairText({ complete, reason }: PlanAlternative): string {
  return [complete, reason].filter((id) => id !== null).join(" + ");
}
