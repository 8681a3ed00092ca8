/** Models by way of the server: what is here, what may be fetched, and a fetch that the person confirms. */

import type { NoParams, NotificationSpec, RequestSpec } from "./message.ts";

export type ModelRole = "complete" | "reason" | "embed";

/** A model that can be bound to a role as it is. */
export interface ModelHere {
  /** As a role names it, such as `embedded/qwen2.5-coder-1.5b-q4_k_m`. */
  readonly name: string;
  /** Zero where the runtime keeps it and does not say. */
  readonly bytes: number;
  /** What it is good for; empty where it cannot be used. */
  readonly fits: readonly ModelRole[];
  /** The roles that are bound to it now. */
  readonly usedBy: readonly ModelRole[];
  readonly licence?: string;
  /** Why it cannot be used, in the person's language. */
  readonly error?: string;
}

/** A download that was given up or broke, and can go on. */
export interface UnfinishedModel {
  /** What `hearth/models/pull` takes; empty where nobody knows any more. */
  readonly pull: string;
  readonly file: string;
  readonly bytes: number;
  readonly total: number;
}

/** A model of the catalogue, in the quantisation that suits this machine. */
export interface OfferedModel {
  readonly id: string;
  readonly name: string;
  readonly role: ModelRole;
  readonly quant: string;
  /** What `hearth/models/pull` takes. */
  readonly pull: string;
  readonly bytes: number;
  readonly parameters: number;
  readonly contextTokens: number;
  readonly licence: string;
  /** Whether the licence lets anybody use it at work. */
  readonly commercial: boolean;
  readonly languages: string;
  /** Whether this machine has the memory for it. */
  readonly fits: boolean;
  /** The role for which the plan of this machine chooses it; `null` where it does not. */
  readonly planned: ModelRole | null;
  /** The name of the one that is here already; empty where none is. */
  readonly here: string;
}

export interface ModelsResult {
  readonly models: readonly ModelHere[];
  readonly unfinished: readonly UnfinishedModel[];
  /** What the plan chooses first, then what fits, the largest first, then the rest. */
  readonly catalogue: readonly OfferedModel[];
  /** Where models are fetched from. */
  readonly source: string;
}

export const modelsRequest: RequestSpec<NoParams, ModelsResult> = {
  method: "hearth/models",
  kind: "request",
  direction: "client to server",
  summary: "What is on this machine, and what of the catalogue suits it. Nothing is fetched for that.",
  params: {},
  result: {
    models: [
      "`{ name, bytes, fits, usedBy, licence?, error? }[]`",
      "`name` as a role names it; `fits` and `usedBy` are lists of `complete`, `reason` and `embed`; `bytes` is 0 where a runtime does not say; `error` says in the person's language why it cannot be used",
    ],
    unfinished: [
      "`{ pull, file, bytes, total }[]`",
      "downloads that can go on; `pull` is what `hearth/models/pull` takes, empty where nobody knows any more",
    ],
    catalogue: [
      "`{ id, name, role, quant, pull, bytes, parameters, contextTokens, licence, commercial, languages, fits, planned, here }[]`",
      "what the plan chooses first, then what fits, the largest first, then the rest; `planned` is the role that the plan gives it, or `null`; `here` is the name of the one that is here already, or empty",
    ],
    source: ["`string`", "the setting `models.source`"],
  },
};

export interface PullParams {
  readonly name: string;
  /** Of the protocol's own progress; left out where the client shows what `hearth/models/progress` says. */
  readonly workDoneToken?: string | number;
}

/** `there`: nothing had to be fetched. What had come of one that was cancelled or failed is kept. */
export const pullOutcomes = ["fetched", "there", "declined", "cancelled", "failed"] as const;
export type PullOutcome = (typeof pullOutcomes)[number];

export interface PullResult {
  readonly outcome: PullOutcome;
  /** As a role names it; of `fetched` and `there`. */
  readonly model?: string;
  readonly bytes?: number;
  /** Of `failed`, in the person's language. */
  readonly error?: { readonly code: string; readonly message: string; readonly mend: string };
}

export const pullRequest: RequestSpec<PullParams, PullResult> = {
  method: "hearth/models/pull",
  kind: "request",
  direction: "client to server",
  summary:
    "Fetches a model, after the client has answered `hearth/models/confirm`. It ends with the server, by `$/cancelRequest` or by `window/workDoneProgress/cancel`; asked for again, it goes on where it stopped. A role that waits for the model finds it at once.",
  params: {
    name: [
      "`string`",
      "as for `hearth models pull`: of the catalogue, `OWNER/REPOSITORY:QUANT` or `OWNER/REPOSITORY/FILE.gguf`",
    ],
    workDoneToken: ["`string | number`, optional", "for `$/progress`, beside `hearth/models/progress`"],
  },
  result: {
    outcome: [
      '`"fetched" | "there" | "declined" | "cancelled" | "failed"`',
      "`there` when nothing had to be fetched; what had come is kept when it was cancelled or failed",
    ],
    model: ["`string`, optional", "the name that a role takes, of `fetched` and `there`"],
    bytes: ["`number`, optional", "of `fetched` and `there`"],
    error: ["`{ code, message, mend }`, optional", "of `failed`, in the person's language"],
  },
};

export interface PullProgressParams {
  readonly name: string;
  /** `checking`: what is here already is read again; `waiting`: for a host that asked for it. */
  readonly phase: "checking" | "fetching" | "waiting";
  readonly bytes: number;
  readonly total: number;
  /** Bytes a second; left out until there is something to go by. */
  readonly rate?: number;
  readonly secondsLeft?: number;
  /** All of it in one line, in the person's language. */
  readonly text: string;
}

export const pullProgressNotification: NotificationSpec<PullProgressParams> = {
  method: "hearth/models/progress",
  kind: "notification",
  direction: "server to client",
  summary: "How far a fetch is that this client has asked for, at most five times a second.",
  params: {
    name: ["`string`", "as `hearth/models/pull` named it"],
    phase: [
      '`"checking" | "fetching" | "waiting"`',
      "`checking` while what is here already is read again, `waiting` for a host that asked for it",
    ],
    bytes: ["`number`", "that are here"],
    total: ["`number`", "0 while nobody knows"],
    rate: ["`number`, optional", "bytes a second"],
    secondsLeft: ["`number`, optional", "until it is done, or until the next try"],
    text: ["`string`", "all of it in one line, in the person's language"],
  },
  result: {},
};

export interface ConfirmFetchParams {
  /** `look-up`: may the host be asked what it has? `fetch`: may this file be fetched? */
  readonly kind: "look-up" | "fetch";
  readonly name: string;
  /** All that will be spoken to, with their ports. */
  readonly hosts: readonly string[];
  /** Zero where nobody knows before the host has been asked. */
  readonly bytes: number;
  /** Bytes that are here already. */
  readonly have: number;
  /** Empty where nobody knows before the host has been asked. */
  readonly licence: string;
  readonly licenceLink?: string;
  /** Whether the person has accepted this licence before. */
  readonly licenceAccepted: boolean;
  /** All of it in lines, in the person's language. */
  readonly text: string;
}

export interface ConfirmFetchResult {
  readonly confirmed: boolean;
}

export const confirmFetchRequest: RequestSpec<ConfirmFetchParams, ConfirmFetchResult> = {
  method: "hearth/models/confirm",
  kind: "request",
  direction: "server to client",
  summary:
    "Asked during `hearth/models/pull` before anything leaves the machine. A client that does not answer it fetches nothing. It is cancelled with the pull.",
  params: {
    kind: [
      '`"look-up" | "fetch"`',
      "whether the host may be asked what it has, then whether the file may be fetched",
    ],
    name: ["`string`", "as `hearth/models/pull` named it"],
    hosts: ["`string[]`", "all that will be spoken to, with their ports"],
    bytes: ["`number`", "of the file; 0 while nobody knows"],
    have: ["`number`", "bytes that are here already"],
    licence: ["`string`", "as the repository or the catalogue names it; empty while nobody knows"],
    licenceLink: ["`string`, optional", "where the licence can be read"],
    licenceAccepted: ["`boolean`", "whether the person has accepted it before"],
    text: ["`string`", "all of it in lines, in the person's language"],
  },
  result: { confirmed: ["`boolean`", "the person's answer"] },
};
