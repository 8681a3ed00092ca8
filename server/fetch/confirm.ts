/** Nothing leaves this machine before the person has said yes to the host, the bytes and the licence. */

import { isLoopback } from "../base/loopback.ts";
import { FetchError } from "./fetch-error.ts";
import type { AskPerson, FetchAnswer } from "./fetch-question.ts";
import { Licences } from "./licences.ts";
import type { ModelOffer } from "./repository.ts";
import type { KnownModel } from "./wanted-model.ts";

export interface Confirming {
  readonly home: string;
  /** Nothing is asked of a host without the person's word. */
  readonly offline: boolean;
  readonly now: () => Date;
  readonly ask: AskPerson;
}

export interface LookUp {
  readonly source: URL;
  readonly name: string;
  readonly file?: string;
  readonly keeper?: "Ollama";
  readonly known?: KnownModel | undefined;
}

/** May the host be asked what it has? Rejects with a FetchError where it may not. */
export async function confirmLookUp(
  { source, known, ...wanted }: LookUp,
  { offline, ask }: Confirming,
  signal: AbortSignal,
): Promise<void> {
  if (!offline || isLoopback(source)) return;
  const question = { kind: "look-up", host: source.host, ...wanted, ...(known ? { known } : {}) } as const;
  needYes(await ask(question, signal), source.host);
}

/** May it be fetched? A licence that was accepted once is, where connections are free, no question any more. */
export async function confirmOffer(
  offer: ModelOffer,
  have: number,
  { home, offline, ask, now }: Confirming,
  signal: AbortSignal,
): Promise<void> {
  const licences = new Licences(home);
  const accepted = await licences.accepted(offer);
  if (!offline && accepted) return;
  const licence = accepted ? "accepted" : "new";
  needYes(await ask({ kind: "fetch", offer, have, licence }, signal), offer.hosts.join(", "));
  if (!accepted) await licences.accept(offer, now().toISOString());
}

/** Throws a FetchError for any other answer. `host`: whom Hearth would have spoken to. */
export function needYes(answer: FetchAnswer, host: string): void {
  if (answer === "nobody") throw new FetchError("nobody-asked", { values: [host] });
  if (answer === "no") throw new FetchError("declined");
}
