/** What the status item shows: a pure function of what the extension and the server know. */

import type { StatusMend, StatusParams } from "../../server/protocol/status.ts";
import type { HostState } from "../client/server-host.ts";
import { type RunningPull, shortName } from "../setup/pulls.ts";
import type { Translate } from "../translate.ts";
import type { Switch } from "./completion-switch.ts";

export interface StatusFacts {
  readonly host: HostState;
  readonly server: StatusParams | undefined;
  readonly completion: Switch;
  /** The language of the active editor. */
  readonly language: string | undefined;
  /** The scheme of a workspace whose files are not on a disk. */
  readonly virtualScheme: string | undefined;
  /** A completion, or other work of the server, has been under way for over 300 ms. */
  readonly spinning: boolean;
  readonly pulls: readonly RunningPull[];
}

export interface StatusView {
  readonly icon: "flame" | "loading~spin" | "debug-pause" | "warning";
  /** What stands beside the icon: its name, or how far the longest work is. */
  readonly text: string;
  /** What it is doing or why it is not, in one sentence. */
  readonly sentence: string;
  /** What the complete role is bound to; empty while nothing is known. */
  readonly complete: string;
  /** What goes on beside that, a line each. */
  readonly work: readonly string[];
  readonly mend?: StatusMend;
}

export function statusView(facts: StatusFacts, t: Translate): StatusView {
  const said = whyNot(facts, t) ?? whatNow(facts, t);
  const complete = facts.server?.roles.complete.label ?? "";
  const work = facts.pulls.map(({ name, text }) =>
    [t("Fetching {0}", shortName(name)), text].join("  ").trim(),
  );
  return { ...said, text: textOf(facts), complete, work };
}

/** Of several, the one that has the longest way to go. */
function textOf({ pulls }: StatusFacts): string {
  const shares = pulls.flatMap(({ share }) => share ?? []);
  return shares.length > 0 ? `${Math.floor(Math.min(...shares) * 100)} %` : "Hearth";
}

type Said = Pick<StatusView, "icon" | "sentence" | "mend">;

/** What keeps it from completing, the most lasting cause first. */
function whyNot({ virtualScheme, host, server }: StatusFacts, t: Translate): Said | undefined {
  if (virtualScheme !== undefined) {
    const sentence = t("Off here: the files of this workspace ({0}) are not on a disk.", virtualScheme);
    return { icon: "debug-pause", sentence };
  }
  if (host === "gave-up") {
    const mend = { title: t("Restart"), command: "hearth.restart" };
    return { icon: "warning", sentence: t("The language server has stopped several times in a row."), mend };
  }
  if (server?.state === "failed") return fromServer("warning", server, server.message);
  if (host !== "running" || server === undefined || server.state === "starting") {
    return { icon: "loading~spin", sentence: t("Starting…") };
  }
  return undefined;
}

function whatNow({ completion, language, server, spinning }: StatusFacts, t: Translate): Said {
  if (completion === "off") {
    // As the server says it; here it is known before the server has heard of it.
    const mend = { title: t("Turn it on"), command: "hearth.toggle" };
    return { icon: "debug-pause", sentence: t("Completion while typing is off."), mend };
  }
  if (completion === "off-for-language") {
    return { icon: "debug-pause", sentence: t("Completion while typing is off for {0}.", language ?? "") };
  }
  if (server?.state === "paused") return fromServer("debug-pause", server, server.message);
  if (spinning) return fromServer("loading~spin", server, server?.message || t("Completing…"));
  return fromServer("flame", server, server?.message || t("Ready."));
}

function fromServer(icon: Said["icon"], server: StatusParams | undefined, sentence: string): Said {
  return server?.mend ? { icon, sentence, mend: server.mend } : { icon, sentence };
}
