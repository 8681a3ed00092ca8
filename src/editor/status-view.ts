/** What the status item shows: a pure function of what the extension and the server know. */

import type { RoleStatus, StatusMend, StatusParams, StatusRoles } from "../../server/protocol/status.ts";
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
  /** A line each for all of them; none while nothing is known. */
  readonly roles: readonly RoleLine[];
  /** What goes on beside that, a line each. */
  readonly work: readonly string[];
  readonly mend?: StatusMend;
}

export interface RoleLine {
  readonly role: keyof StatusRoles;
  readonly name: string;
  /** Its model, the runtime, and how far that is. */
  readonly text: string;
  /** Why it does not run; empty where it does. */
  readonly trouble: string;
  readonly mend?: StatusMend;
}

export function statusView(facts: StatusFacts, t: Translate): StatusView {
  const said = whyNot(facts, t) ?? whatNow(facts, t);
  const complete = facts.server?.roles.complete.label ?? "";
  const work = facts.pulls.map(({ name, text }) =>
    [t("Fetching {0}", shortName(name)), text].join("  ").trim(),
  );
  return { ...said, text: textOf(facts), complete, roles: roleLines(facts, t), work };
}

function roleLines({ server }: StatusFacts, t: Translate): readonly RoleLine[] {
  if (!server) return [];
  const { complete, reason, embed } = server.roles;
  return [
    toLine("complete", t("complete"), complete, t),
    toLine("reason", t("reason"), reason, t),
    toLine("embed", t("embed"), embed, t),
  ];
}

function toLine(role: keyof StatusRoles, name: string, status: RoleStatus, t: Translate): RoleLine {
  const { label, message: trouble = "", mend } = status;
  const parts = [label, runtimeName(status, t), stateText(status, t)];
  const text = parts.filter((part) => part !== "").join(" · ");
  return { role, name, text, trouble, ...(mend ? { mend } : {}) };
}

function runtimeName({ runtime }: RoleStatus, t: Translate): string {
  switch (runtime) {
    case "embedded":
      return t("runs in Hearth");
    case "ollama":
      return "Ollama";
    case "llama-server":
      return "llama-server";
    case "openai":
      return t("OpenAI-compatible server");
    default:
      return "";
  }
}

/** A label alone says what is off, missing or failed. */
function stateText({ state, model }: RoleStatus, t: Translate): string {
  if (state === "idle") return t("loads when it is first asked");
  return state === "loading" && model !== "" ? t("loading") : "";
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
