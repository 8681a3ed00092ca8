/** The check of proxies: which one the environment names, and whether the way to this machine goes round it. */

import { isProxyAddress, readProxies } from "../../base/proxies.ts";
import type { DoctorPorts, Finding } from "./doctor-ports.ts";

/** Left out where none is set. What is behind a proxy is looked at where it is used. */
export function checkProxy({ env, localizer: { t } }: DoctorPorts): Finding | undefined {
  const { httpProxy, httpsProxy, noProxy } = readProxies(env);
  const all = [
    { name: "HTTP_PROXY", value: httpProxy },
    { name: "HTTPS_PROXY", value: httpsProxy },
  ];
  const named = all.filter(({ value }) => value !== "");
  if (named.length === 0) return undefined;
  const found = named.map(({ name, value }) => `${name}=${withoutPassword(value)}`).join(", ");
  const wrong = named.find(({ value }) => !isProxyAddress(value));
  if (wrong) {
    return {
      state: "fail",
      found,
      why: t("{0} is no address of a proxy: it must begin with http:// or https://.", wrong.name),
      mend: t("Set {0} to the proxy's address, such as {1}.", wrong.name, "http://proxy.example:3128"),
    };
  }
  const excepted = noProxy.split(/[\s,]+/);
  const local = excepted.some((host) => ["*", "127.0.0.1", "127.0.0.0/8"].includes(host));
  // Runtimes on this machine are spoken to without TLS.
  if (local || !named.some(({ name }) => name === "HTTP_PROXY")) return { state: "ok", found };
  return {
    state: "warn",
    found,
    why: t(
      "Hearth reaches this machine without it; other programs (curl, Python) ask the proxy for 127.0.0.1 too, and it cannot get here.",
    ),
    mend: t("Set NO_PROXY to {0}, beside what stands there.", "localhost,127.0.0.1,::1"),
  };
}

function withoutPassword(value: string): string {
  return value.replace(/\/\/[^@/]*@/, "//");
}
