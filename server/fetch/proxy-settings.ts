/** Which proxy is used: the editor's where it names one, else the environment's. */

/** Addresses of proxies, empty for none, and the hosts that are reached without. */
export interface ProxySettings {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

/** What an editor sets for itself, as VS Code's `http.…` settings do. */
export interface EditorProxy {
  /** `off` means that none is used, whatever the environment says. */
  readonly support: string;
  readonly proxy: string;
  readonly noProxy: readonly string[];
}

/** As curl and most programs read them: the lower-case names count first. */
export function proxyOf(
  env: Readonly<Record<string, string | undefined>>,
  editor?: EditorProxy,
): ProxySettings {
  const read = (name: string) => env[name.toLowerCase()] ?? env[name] ?? "";
  const noProxy = editor && editor.noProxy.length > 0 ? editor.noProxy.join(",") : read("NO_PROXY");
  if (editor?.support === "off") return { httpProxy: "", httpsProxy: "", noProxy };
  if (editor && /^https?:\/\//i.test(editor.proxy))
    return { httpProxy: editor.proxy, httpsProxy: editor.proxy, noProxy };
  return { httpProxy: read("HTTP_PROXY"), httpsProxy: read("HTTPS_PROXY"), noProxy };
}
