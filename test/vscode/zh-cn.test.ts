/** The same product in a workbench in Simplified Chinese. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { beginning, wiring } from "./support/samples.ts";
import { useSession } from "./support/session.ts";

describe("a workbench in Chinese", () => {
  const session = useSession({ name: "zh-cn", files: { "file.ts": wiring }, locale: "zh-cn" });

  it("shows ghost text, and Tab puts exactly that text into the file", async () => {
    const { workbench } = session;
    await workbench.waitForStatus("就绪。");
    await workbench.append("file.ts", beginning);
    const ghost = await workbench.anyGhostText();
    await workbench.press("Tab");
    await workbench.save();
    assert.equal(session.read("file.ts"), wiring + beginning + ghost);
  });

  it("offers its commands and its menu in Chinese", async () => {
    const { workbench } = session;
    await workbench.runCommand("Hearth: 显示菜单");
    for (const words of ["在此工作区关闭", "选择模型", "内置（从此工作区学习）", "重启语言服务器"]) {
      await workbench.menuEntry(words).waitFor();
    }
    assert.equal(await workbench.menuEntry("Turn off").count(), 0);
    await workbench.press("Escape");
  });
});
