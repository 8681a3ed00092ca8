/** A plan on a terminal: the machine, a few lines a role, the reasons and what else there is. */

import type { Localizer } from "../base/l10n.ts";
import { count, inGib } from "../model/plan/explain.ts";
import type { PlanResult, PlanRole } from "../protocol/plan.ts";
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
    [t("cost"), (result.cost?.because ?? []).map((sentence) => `- ${sentence}`)],
    [t("instead"), result.alternatives.map((other) => `- ${pairText(other)}: ${other.why}`)],
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

function hanging(line: string, room: number): readonly string[] {
  if (!line.startsWith("- ")) return brokenLines(line, room);
  return brokenLines(line.slice(2), room - 2).map((part, index) => (index === 0 ? `- ${part}` : `  ${part}`));
}

/** A number and its unit stay together. */
function brokenLines(line: string, room: number): readonly string[] {
  const joined = line.replace(/(?<=\d) (?=GiB|GB)/g, "\u00a0");
  return brokenText(joined, room).map((part) => part.replaceAll("\u00a0", " "));
}

function machineText({ gpus, ramBytes, cores }: PlanResult["hardware"], { t, language }: Localizer): string {
  const [gpu] = gpus;
  const memory = t("{0} of memory, {1} cores", inGib(ramBytes), cores);
  if (!gpu) return `${t("no GPU")}, ${memory}`;
  const speed = `${count(gpu.bandwidth / 1e9, language)} GB/s`;
  const times = gpus.length > 1 ? `${gpus.length} × ` : "";
  return `${times}${gpu.name} (${inGib(gpu.memoryBytes)}, ${speed}), ${memory}`;
}

function roleText(role: PlanRole, { t, language }: Localizer): readonly string[] {
  const { weights, kv, overhead } = role.bytes;
  return [
    `${role.name} ${role.quant} (${role.licence})`,
    t(
      "{0}: weights {1}, keys and values {2}, the rest {3}",
      inGib(weights + kv + overhead),
      inGib(weights),
      inGib(kv),
      inGib(overhead),
    ),
    t(
      "context of {0} tokens, about {1} tokens a second",
      count(role.contextTokens, language),
      count(role.tokensPerSecond, language),
    ),
  ];
}

function pairText({ complete, reason }: PlanResult["alternatives"][number]): string {
  return [complete, reason].filter((id) => id !== null).join(" + ");
}
