/** Stands for the probe of llama.cpp: does what the file `does` says that lies beside the packages it is given. */

import { spawn } from "node:child_process";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const [gpu, folder] = [process.argv[3], process.argv[5]];
const does = readFileSync(join(folder, "does"), "utf8").trim();
appendFileSync(join(folder, "tried"), "x");

const works = { kind: "works", release: "b1", physicalCores: 2, freeBytes: 1 };
const video = (totalBytes) => ({ names: ["A GPU"], totalBytes, unifiedBytes: 0 });
const said = {
  works: { ...works, gpu, video: video(8e9) },
  "no bytes": { ...works, gpu, video: video(0) },
  "no GPU": { ...works, gpu: "none" },
  refuses: { kind: "missing", reason: "libcudart.so.13: cannot open shared object file" },
  "says nothing why": { kind: "missing", reason: "" },
  "its trial crashes": { kind: "crashed", reason: "SIGSEGV" },
};

if (does === "crashes") {
  process.stderr.write("ggml_cuda_error\n", () => process.kill(process.pid, "SIGSEGV"));
  setInterval(() => {}, 1000);
} else if (does === "fails") {
  process.stderr.write("no such device\n", () => process.exit(3));
} else if (does === "hangs") {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  appendFileSync(join(folder, "pids"), `${process.pid} ${child.pid}`);
  setInterval(() => {}, 1000);
} else {
  process.stdout.write(does === "babbles" ? "hello\n" : `${JSON.stringify(said[does])}\n`);
}
