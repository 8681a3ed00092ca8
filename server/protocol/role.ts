/** What the name of a role's answerer says, such as `auto` or `embedded/<model>`. */

export type Role =
  | { readonly kind: "off" | "auto" | "builtin" }
  /** `model` is a path, or the name of a file in the models folder. */
  | { readonly kind: "embedded"; readonly model: string }
  | { readonly kind: "other"; readonly runtime: string; readonly model: string };

export function parseRole(role: string): Role {
  if (role === "off" || role === "auto") return { kind: role };
  if (role === "builtin/ngram") return { kind: "builtin" };
  const slash = role.indexOf("/");
  const [runtime, model] = slash < 0 ? [role, ""] : [role.slice(0, slash), role.slice(slash + 1)];
  return runtime === "embedded" ? { kind: "embedded", model } : { kind: "other", runtime, model };
}
