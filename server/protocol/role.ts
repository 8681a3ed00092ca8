/** What the name of a role's answerer says, such as `auto` or `embedded/<model>`. */

export type Role =
  | { readonly kind: "off" | "auto" | "builtin" }
  /** `model` is a path, or the name of a file in the models folder. */
  | { readonly kind: "embedded"; readonly model: string }
  | RemoteRole
  | { readonly kind: "other"; readonly runtime: string; readonly model: string };

/** Runtimes that are spoken to over HTTP. */
export const remoteRuntimes = ["ollama", "llama-server", "openai"] as const;

export interface RemoteRole {
  readonly kind: "remote";
  readonly runtime: (typeof remoteRuntimes)[number];
  /** As the runtime names it. */
  readonly model: string;
}

export function parseRole(role: string): Role {
  if (role === "off" || role === "auto") return { kind: role };
  if (role === "builtin/ngram") return { kind: "builtin" };
  const slash = role.indexOf("/");
  const [runtime, model] = slash < 0 ? [role, ""] : [role.slice(0, slash), role.slice(slash + 1)];
  if (runtime === "embedded") return { kind: "embedded", model };
  const remote = remoteRuntimes.find((known) => known === runtime);
  return remote ? { kind: "remote", runtime: remote, model } : { kind: "other", runtime, model };
}
