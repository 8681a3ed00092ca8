/** Fetches as tests ask for them: of servers on loopback, for a person who says yes to whatever is asked. */

import { systemClock } from "../../server/base/clock.ts";
import type { FetchQuestion } from "../../server/fetch/fetch-question.ts";
import { type PulledFile, type PullOptions, pullModel } from "../../server/fetch/pull-model.ts";
import { usualPatience } from "../../server/fetch/transfer.ts";
import type { TransferProgress } from "../../server/fetch/transfer-progress.ts";
import type { ModelHub } from "./model-hub.ts";

/** What every fetch takes besides a folder, a client and a person. */
export const fetching = {
  offline: true,
  clock: systemClock,
  random: () => 0.5,
  now: () => new Date(0),
  patience: usualPatience,
} as const;

export interface Pulling
  extends Pick<PullOptions, "home" | "client">,
    Partial<Omit<PullOptions, "home" | "client">> {
  /** Left out: the hub's first file. */
  readonly name?: string | undefined;
  readonly signal?: AbortSignal;
}

export interface Pulled {
  readonly result: PulledFile;
  readonly asked: readonly FetchQuestion[];
  readonly progress: readonly TransferProgress[];
}

const never = new AbortController().signal;

export async function pullFrom(
  hub: ModelHub,
  { name = hub.name, signal = never, ...options }: Pulling,
): Promise<Pulled> {
  const asked: FetchQuestion[] = [];
  const progress: TransferProgress[] = [];
  const ask = async (question: FetchQuestion) => {
    asked.push(question);
    return "yes" as const;
  };
  const onProgress = (step: TransferProgress) => progress.push(step);
  const all = { ...fetching, source: hub.url, maxGigabytes: 0, ask, onProgress, ...options };
  return { result: await pullModel(name, all, signal), asked, progress };
}
