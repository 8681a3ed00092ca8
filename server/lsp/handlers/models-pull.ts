/** `hearth/models/pull`: fetches a model when the client says that the person has confirmed it. */

import type { FetchAnswer, FetchQuestion } from "../../fetch/fetch-question.ts";
import { questionText } from "../../fetch/fetch-words.ts";
import type { ConfirmFetchParams, PullResult } from "../../protocol/models.ts";
import { checkedParams, pullSchema } from "../convert/checked-params.ts";
import { PullReporter } from "../pull-reporter.ts";
import type { Session } from "../session.ts";

export async function onPull(session: Session, raw: unknown, requested: AbortSignal): Promise<PullResult> {
  const params = checkedParams(pullSchema, raw, session.localizer);
  const { name, workDoneToken } = params;
  const services = await session.services();
  const work = workDoneToken === undefined ? undefined : session.workDone.begin(workDoneToken, requested);
  const signal = AbortSignal.any([work?.signal ?? requested, session.ended]);
  const reporter = new PullReporter(session, params);
  const ask = (question: FetchQuestion, stop: AbortSignal) => confirm(session, { name, question }, stop);
  try {
    const onProgress = (progress: Parameters<PullReporter["report"]>[0]) => reporter.report(progress);
    return await services.pull({ name, proxy: await session.proxy(), ask, onProgress }, signal);
  } finally {
    work?.dispose();
    reporter.end("");
  }
}

interface Asked {
  readonly name: string;
  readonly question: FetchQuestion;
}

async function confirm(session: Session, asked: Asked, signal: AbortSignal): Promise<FetchAnswer> {
  const text = questionText(asked.question, session.localizer);
  const answer = await session.client.confirmFetch({ ...toParams(asked), text }, signal);
  signal.throwIfAborted();
  if (answer === undefined) return "nobody";
  return answer ? "yes" : "no";
}

function toParams({ name, question }: Asked): Omit<ConfirmFetchParams, "text"> {
  if (question.kind === "look-up") {
    const { host, kind, known } = question;
    const about = { bytes: known?.bytes ?? 0, licence: known?.licence ?? "" };
    return { kind, name, hosts: [host], ...about, have: 0, licenceAccepted: false };
  }
  const { kind, offer, have, licence } = question;
  const { hosts, bytes } = offer;
  const { id, link } = offer.licence;
  const terms = { licence: id, ...(link === undefined ? {} : { licenceLink: link }) };
  return { kind, name, hosts, bytes, have, ...terms, licenceAccepted: licence === "accepted" };
}
