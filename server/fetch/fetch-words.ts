/** What a person is asked before a fetch and told while it goes on, the same in every face of Hearth. */

import { byteSize } from "../base/byte-size.ts";
import type { Localizer } from "../base/l10n.ts";
import type { FetchQuestion } from "./fetch-question.ts";
import type { TransferProgress } from "./transfer-progress.ts";

/** In lines. */
export function questionText(question: FetchQuestion, localizer: Localizer): string {
  const { t } = localizer;
  if (question.kind === "fetch") return offerText(question, localizer);
  const { host, name, file = name, known, keeper } = question;
  return [
    t("{0} will be asked for {1}.", host, file),
    ...(keeper ? [t("{0} fetches it from there, and keeps it.", keeper)] : []),
    ...(known ? [t("Size: {0}", `≈ ${byteSize(known.bytes)}`), t("Licence: {0}", known.licence)] : []),
  ].join("\n");
}

function offerText(
  { offer, have }: Extract<FetchQuestion, { readonly kind: "fetch" }>,
  { t }: Localizer,
): string {
  const { file, bytes, hosts, licence, sha256, repository } = offer;
  const size = have > 0 ? t("{0}, of which {1} are here", byteSize(bytes), byteSize(have)) : byteSize(bytes);
  const terms = licence.link === undefined ? licence.id : `${licence.id} (${licence.link})`;
  return [
    t("File: {0} of {1}", file, repository),
    t("Size: {0}", size),
    t("From: {0}", hosts.join(", ")),
    t("Licence: {0}", terms),
    `SHA-256: ${sha256}`,
  ].join("\n");
}

/** In one line. */
export function progressLine(progress: TransferProgress, localizer: Localizer): string {
  const { phase, bytes, total, remainingMs } = progress;
  if (phase === "waiting")
    return localizer.t("Waiting {0} s, then trying again …", Math.ceil((remainingMs ?? 0) / 1000));
  const share = total > 0 ? Math.floor((bytes / total) * 100) : 0;
  return `${share} %  ${byteSize(bytes)} / ${byteSize(total)}${paceText(progress, localizer)}`;
}

function paceText({ phase, rate, remainingMs }: TransferProgress, { t }: Localizer): string {
  if (phase === "checking") return `  ${t("reading again what is here")}`;
  const pace = rate === undefined ? "" : `  ${byteSize(Math.round(rate))}/s`;
  return remainingMs === undefined ? pace : `${pace}  ${t("{0} left", clockTime(remainingMs))}`;
}

/** As minutes and seconds, with hours where there are some. */
function clockTime(ms: number): string {
  const all = Math.ceil(ms / 1000);
  const [hours, minutes, rest] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const end = String(rest).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${end}` : `${minutes}:${end}`;
}
