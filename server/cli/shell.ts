/** `hearth shell bash|zsh|fish`: the lines that let a shell complete Hearth's own verbs and flags. */

import { type Application, buildCommand, type Command, proposeCompletions } from "@stricli/core";
import type { Localizer } from "../base/l10n.ts";
import type { CliContext } from "./cli-context.ts";

const shells = ["bash", "zsh", "fish"] as const;
type Shell = (typeof shells)[number];

/** The verb that the shell asks, with the words typed so far. */
const asking = "__complete";

export function shellCommand(localizer: Localizer): Command<CliContext> {
  const { t } = localizer;
  return buildCommand<Record<never, never>, [Shell], CliContext>({
    docs: {
      brief: t("Print what lets your shell complete the names of commands and flags"),
      fullDescription: [
        t("Add one line to what your shell reads when it starts. Files are completed too."),
        "",
        `bash  ~/.bashrc                   eval "$(hearth shell bash)"`,
        `zsh   ~/.zshrc, below compinit    eval "$(hearth shell zsh)"`,
        `fish  ~/.config/fish/config.fish  hearth shell fish | source`,
      ].join("\n"),
    },
    parameters: {
      positional: {
        kind: "tuple",
        parameters: [
          {
            placeholder: shells.join("|"),
            brief: t("The shell"),
            parse: (text) => shellOf(text, localizer),
            proposeCompletions: () => shells,
          },
        ],
      },
    },
    func(_flags, shell) {
      this.process.stdout.write(scripts[shell]);
    },
  });
}

function shellOf(text: string, { t }: Localizer): Shell {
  const shell = shells.find((known) => known === text);
  if (shell) return shell;
  throw new Error(t("it must be one of {0}", shells.join(", ")));
}

/** `app` is only known once this command is part of it. */
export function proposalsCommand(app: () => Application<CliContext>): Command<CliContext> {
  return buildCommand<Record<never, never>, string[], CliContext>({
    docs: { brief: "" },
    parameters: {
      positional: { kind: "array", parameter: { brief: "", parse: String, placeholder: "word" } },
    },
    async func(_flags, ...words) {
      const proposals = await proposeCompletions(app(), words, this);
      this.process.stdout.write(proposals.map(({ completion }) => `${completion}\n`).join(""));
    },
  });
}

export const proposalsVerb = asking;

const scripts: Readonly<Record<Shell, string>> = {
  bash: `_hearth() {
  local IFS=$'\\n'
  COMPREPLY=($(hearth ${asking} -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _hearth hearth
`,
  zsh: `_hearth() {
  local -a proposals
  proposals=(\${(f)"$(hearth ${asking} -- "\${words[@]:1:$((CURRENT - 1))}" 2>/dev/null)"})
  compadd -a proposals || _files
}
compdef _hearth hearth
`,
  fish: `complete -c hearth -a '(hearth ${asking} -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
};
