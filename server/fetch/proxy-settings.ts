/** Which proxy is used: the editor's where it names one, else the environment's. */

import { isProxyAddress, type Proxies, readProxies } from "../base/proxies.ts";

/** What an editor sets for itself, as VS Code's `http.…` settings do. */
export interface EditorProxy {
  /** `off` means that none is used, whatever the environment says. */
  readonly support: string;
  readonly proxy: string;
  readonly noProxy: readonly string[];
}

export function proxyOf(env: Readonly<Record<string, string | undefined>>, editor?: EditorProxy): Proxies {
  const read = readProxies(env);
  const noProxy = editor && editor.noProxy.length > 0 ? editor.noProxy.join(",") : read.noProxy;
  if (editor?.support === "off") return { httpProxy: "", httpsProxy: "", noProxy };
  if (editor && isProxyAddress(editor.proxy))
    return { httpProxy: editor.proxy, httpsProxy: editor.proxy, noProxy };
  return { ...read, noProxy };
}
