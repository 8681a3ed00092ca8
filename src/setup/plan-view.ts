/** The plan's page as data: the machine, a row for each role with what a click can do about it, and the reasons. */

import type { ModelRole, ModelsResult, OfferedModel } from "../../server/protocol/models.ts";
import type { PlanAlternative, PlanHardware, PlanResult, PlanRole } from "../../server/protocol/plan.ts";
import { count, fileSize, hostOf, memorySize } from "../editor/sizes.ts";
import type { Translate } from "../translate.ts";
import type { PageBlock, PageButton, PageView, TableRow } from "../webview/page-view.ts";
import type { RunningPull } from "./pulls.ts";

export interface PullFailure {
  readonly name: string;
  readonly message: string;
  readonly mend: string;
}

export interface PlanFacts {
  /** Undefined until the server has answered. */
  readonly plan: PlanResult | undefined;
  readonly models: ModelsResult | undefined;
  /** The server is being asked; what is shown was found before. */
  readonly looking: boolean;
  /** Why the server gave no plan. */
  readonly trouble: string;
  /** Who completes now, in words. */
  readonly complete: string;
  readonly pulls: readonly RunningPull[];
  readonly failure: PullFailure | undefined;
  readonly language: string;
}

export type PlanAction =
  | { readonly kind: "again" | "other" | "choose" | "prices" | "stop" }
  | { readonly kind: "fetch" | "cancel" | "use"; readonly name: string };

export function planView(facts: PlanFacts, t: Translate): PageView {
  const { plan, looking, trouble, complete } = facts;
  const buttons = [
    button({ kind: "again" }, t("Look Again")),
    button({ kind: "other" }, t("Fetch Another Model…")),
    button({ kind: "choose" }, t("Choose a Model…")),
  ];
  return {
    title: t("Hearth: What This Machine Can Run"),
    lead: [
      ...(plan ? [machineText(plan.hardware, facts.language, t)] : []),
      ...(complete === "" ? [] : [t("Completes now: {0}.", complete)]),
      ...(trouble === "" ? [] : [trouble]),
    ],
    busy: looking ? t("Looking at this machine…") : "",
    buttons: looking ? [button({ kind: "stop" }, t("Cancel"))] : buttons,
    blocks: [
      ...facts.pulls.map((pull) => progress(pull, facts, t)),
      ...failed(facts, t),
      ...planned(facts, t),
    ],
  };
}

/** What a button's id stands for; undefined for what is no id of this page. */
export function planAction(id: string): PlanAction | undefined {
  const [kind = "", ...rest] = id.split(":");
  const name = rest.join(":");
  switch (kind) {
    case "again":
    case "other":
    case "choose":
    case "prices":
    case "stop":
      return { kind };
    case "fetch":
    case "cancel":
    case "use":
      return { kind, name };
    default:
      return undefined;
  }
}

function button(action: PlanAction, title: string, more: Omit<Partial<PageButton>, "id"> = {}): PageButton {
  return { id: "name" in action ? `${action.kind}:${action.name}` : action.kind, title, ...more };
}

function machineText({ gpus, ramBytes, cores }: PlanHardware, language: string, t: Translate): string {
  const memory = t("{0} of memory, {1} cores", memorySize(ramBytes), cores);
  const [gpu] = gpus;
  if (!gpu) return t("{0}, no GPU.", memory);
  const times = gpus.length > 1 ? `${gpus.length} × ` : "";
  const bandwidth = `${count(gpu.bandwidth / 1e9, language)} GB/s`;
  const speed = gpu.bandwidthFrom === "assumed" ? t("{0} assumed", bandwidth) : bandwidth;
  return t("{0} ({1}, {2}), {3}.", `${times}${gpu.name}`, memorySize(gpu.memoryBytes), speed, memory);
}

function progress(pull: RunningPull, facts: PlanFacts, t: Translate): PageBlock {
  const title = t("Fetching {0}", offerOf(pull.name, facts)?.name ?? pull.name);
  const label = t("Cancel the download of {0}", pull.name);
  return {
    kind: "progress",
    key: `pull:${pull.name}`,
    title,
    share: pull.share,
    detail: pull.text === "" ? t("Asking what there is…") : pull.text,
    buttons: [button({ kind: "cancel", name: pull.name }, t("Cancel"), { label })],
  };
}

function failed({ failure, pulls }: PlanFacts, t: Translate): readonly PageBlock[] {
  if (!failure || pulls.some(({ name }) => name === failure.name)) return [];
  return [
    {
      kind: "finding",
      key: "failure",
      state: "fail",
      stateWords: t("Does not work"),
      name: t("Download"),
      title: t("{0} was not fetched.", failure.name),
      lines: [failure.message, failure.mend].filter((line) => line !== ""),
      buttons: [button({ kind: "fetch", name: failure.name }, t("Try Again"))],
    },
  ];
}

function planned(facts: PlanFacts, t: Translate): readonly PageBlock[] {
  const { plan, models } = facts;
  if (!plan) return [];
  const named = (id: string) => models?.catalogue.find((model) => model.id === id)?.name ?? id;
  const told = ({ complete, reason, why }: PlanAlternative) =>
    `${[complete, reason].flatMap((id) => (id === null ? [] : [named(id)])).join(" + ")}: ${why}`;
  const smaller = plan.alternatives.filter(({ kind }) => kind === "smaller").map(told);
  const larger = plan.alternatives.filter(({ kind }) => kind !== "smaller").map(told);
  return [
    {
      kind: "table",
      label: t("The plan"),
      columns: [t("Role"), t("Model"), t("On this machine"), t("State")],
      rows: [completeRow(facts, plan, t), reasonRow(facts, plan, t), embedRow(t)],
    },
    { kind: "heading", text: t("Why these") },
    { kind: "list", items: plan.because },
    ...costBlocks(plan, t),
    ...foldOf({ key: "larger", title: t("Why not larger?"), items: larger }),
    ...foldOf({ key: "smaller", title: t("What else fits?"), items: smaller }),
  ];
}

interface FoldedList {
  readonly key: string;
  readonly title: string;
  readonly items: readonly string[];
}

function foldOf({ key, title, items }: FoldedList): readonly PageBlock[] {
  return items.length > 0 ? [{ kind: "fold", key, title, blocks: [{ kind: "list", items }] }] : [];
}

function costBlocks({ cost, roles }: PlanResult, t: Translate): readonly PageBlock[] {
  if (!roles.reason) return [];
  const heading: PageBlock = { kind: "heading", text: t("What its words cost") };
  const prices = button({ kind: "prices" }, t("Set Your Prices…"));
  if (!cost) {
    const label = t("Hearth does not know what this hardware takes and costs.");
    return [heading, { kind: "chips", label, buttons: [prices] }];
  }
  const [sum = "", api = "", ...assumed] = cost.because;
  return [
    heading,
    { kind: "text", text: sum },
    { kind: "text", text: api },
    {
      kind: "fold",
      key: "cost",
      title: t("What was assumed"),
      blocks: [
        ...assumed.map((text) => ({ kind: "text", text }) as const),
        {
          kind: "chips",
          label: t("Yours are others?"),
          buttons: [prices],
        },
      ],
    },
  ];
}

function completeRow(facts: PlanFacts, plan: PlanResult, t: Translate): TableRow {
  const name = [t("Completion"), t("ghost text as you type")];
  const role = plan.roles.complete;
  if (!role) {
    const builtIn = [t("built in"), t("learns from this workspace; nothing to download")];
    return { key: "complete", cells: [name, builtIn, [], []], buttons: [] };
  }
  return roleRow({ facts, kind: "complete", name, role }, t);
}

function reasonRow(facts: PlanFacts, plan: PlanResult, t: Translate): TableRow {
  const name = [t("Reasoning"), t("questions about code, here and in a shell")];
  const role = plan.roles.reason;
  if (!role) return { key: "reason", cells: [name, [t("none")], [], []], buttons: [] };
  return roleRow({ facts, kind: "reason", name, role }, t);
}

function embedRow(t: Translate): TableRow {
  const name = [t("Embedding"), t("search by meaning")];
  return {
    key: "embed",
    cells: [name, [t("none"), t("search goes by words and symbols")], [], []],
    buttons: [],
  };
}

interface RowParts {
  readonly facts: PlanFacts;
  readonly kind: Extract<ModelRole, "complete" | "reason">;
  readonly name: readonly string[];
  readonly role: PlanRole;
}

function roleRow({ facts, kind, name, role }: RowParts, t: Translate): TableRow {
  const { weights, kv, overhead } = role.bytes;
  const { language, models } = facts;
  const offer = models?.catalogue.find(({ planned: use }) => use === kind);
  const download = t("{0} from {1}", fileSize(offer?.bytes ?? 0), hostOf(models?.source ?? ""));
  const model = [`${role.name} ${role.quant}`, ...(offer?.here === "" ? [download] : []), role.licence];
  const here = [
    speedText(role, language, t),
    t("{0} of memory", memorySize(weights + kv + overhead)),
    t("a context of {0} tokens", count(role.contextTokens, language)),
  ];
  const { words, buttons } = stateOf({ facts, kind, offer }, t);
  return { key: kind, cells: [name, model, here, words], buttons };
}

/** Beyond this the bandwidth alone no longer says it, and nobody reads so fast. */
const quickest = 100;

function speedText({ tokensPerSecond }: PlanRole, language: string, t: Translate): string {
  return tokensPerSecond > quickest
    ? t("more than {0} tokens a second", quickest)
    : t("≈ {0} tokens a second", count(tokensPerSecond, language));
}

interface RowState {
  readonly words: readonly string[];
  readonly buttons: readonly PageButton[];
}

function stateOf(
  { facts, kind, offer }: Pick<RowParts, "facts" | "kind"> & { readonly offer: OfferedModel | undefined },
  t: Translate,
): RowState {
  if (!facts.models || facts.looking) return { words: [], buttons: [] };
  if (!offer) return { words: [t("Hearth knows no file of it to fetch.")], buttons: [] };
  if (facts.pulls.some(({ name }) => name === offer.pull)) return { words: [], buttons: [] };
  if (offer.here === "") {
    const label = t("Fetch {0}", offer.name);
    const main = kind === "complete" ? { main: true as const } : {};
    return {
      words: [],
      buttons: [button({ kind: "fetch", name: offer.pull }, t("Fetch…"), { label, ...main })],
    };
  }
  if (kind !== "complete") return { words: [t("It is here.")], buttons: [] };
  const used = facts.models.models.some(({ name, usedBy }) => name === offer.here && usedBy.includes(kind));
  if (used) return { words: [t("It is here, and completes.")], buttons: [] };
  const use = button({ kind: "use", name: offer.here }, t("Use It"), {
    label: t("Complete with {0}", offer.name),
    main: true,
  });
  return { words: [t("It is here.")], buttons: [use] };
}

function offerOf(name: string, { models }: PlanFacts): OfferedModel | undefined {
  return models?.catalogue.find(({ pull }) => pull === name);
}
