/** The header reader: what it reads from sound files, what it says of broken ones, and that nothing breaks it. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { ByteSource } from "../../../server/model/byte-cursor.ts";
import { readGguf, readGgufFile } from "../../../server/model/gguf.ts";
import { tensorTypes } from "../../../server/model/gguf-types.ts";
import { RuntimeError, type RuntimeErrorCode } from "../../../server/model/runtime-error.ts";
import { countsAt, ggufBytes, patched, soundMetadata, withEntry } from "../../support/gguf-fixtures.ts";
import type { Tensor } from "../../support/gguf-writer.ts";
import { itNeeds, posix } from "../../support/needs.ts";
import { scripted } from "../../support/scripted-model.ts";

const sound = ggufBytes();

function source(bytes: Uint8Array, size = bytes.length): ByteSource {
  return { size, read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)) };
}

describe("the GGUF header reader", () => {
  it("reads what a plan needs", async () => {
    const header = await readGguf(source(sound));
    assert.equal(header.architecture, "qwen2");
    assert.equal(header.name, "Sound");
    assert.equal(header.trainedContextTokens, 4096);
    assert.equal(header.layers, 2);
    assert.equal(header.heads, 2);
    assert.equal(header.kvHeads, 1);
    assert.equal(header.keyLength, 32);
    assert.equal(header.vocabulary, 4);
    assert.deepEqual(
      [...header.knownTokens],
      [
        ["<think>", 2],
        ["<|fim_prefix|>", 3],
      ],
    );
    assert.equal(header.tensors, 2);
    assert.equal(header.weightBytes, 64 * 4 * 4 + (64 * 4 * 34) / 32);
    assert.equal(header.parameters, 2 * 64 * 4);
  });

  it("reads what the makers recommend, but for what makes no sense", async () => {
    assert.deepEqual((await readGguf(source(sound))).sampling, {});
    const recommending = ggufBytes({
      metadata: [
        ...soundMetadata,
        ["general.sampling.temp", "f32", 0.5],
        ["general.sampling.top_k", "u32", 20],
        ["general.sampling.top_p", "f32", 7],
        ["general.sampling.penalty_repeat", "string", "much"],
      ],
    });
    assert.deepEqual((await readGguf(source(recommending))).sampling, { temperature: 0.5, topK: 20 });
  });

  it("reads the learnt model of the tests", async () => {
    const header = await readGgufFile("test/fixtures/models/seedling-q8_0.gguf");
    assert.equal(header.architecture, "llama");
    assert.equal(header.layers, 5);
    assert.equal(header.kvHeads, 2);
    assert.equal(header.vocabulary, 4096);
    assert.equal(header.declaresFim, true);
    assert.equal(header.parameters, 2_754_624);
  });

  it("tells files apart that differ in their header", async () => {
    const [one, other] = [await scripted({ infill: ["one"] }), await scripted({ infill: ["two"] })];
    assert.notEqual((await readGgufFile(one)).digest, (await readGgufFile(other)).digest);
  });

  it("knows the sizes that llama.cpp gives its tensor types", async () => {
    for (const { block, bytes } of tensorTypes.values()) assert.ok(block > 0 && bytes > 0);
    const { getLlama } = await import("node-llama-cpp");
    const llama = await getLlama({ build: "never", gpu: false, progressLogs: false });
    const { _bindings: native } = llama as unknown as {
      _bindings: Record<
        "getBlockSizeForGgmlType" | "getTypeSizeForGgmlType",
        (type: number) => number | undefined
      >;
    };
    for (const [id, { name, block, bytes }] of tensorTypes) {
      assert.equal(native.getBlockSizeForGgmlType(id), block, `elements in a block of ${name}`);
      assert.equal(native.getTypeSizeForGgmlType(id), bytes, `bytes of a block of ${name}`);
    }
    await llama.dispose();
  });

  const big = (name: string): Tensor => ({ name, type: "F32", shape: [64, 4], values: [] });
  const broken: readonly (readonly [what: string, bytes: Buffer, code: RuntimeErrorCode, says: RegExp])[] = [
    ["nothing", Buffer.alloc(0), "model-invalid", /empty/],
    ["a few bytes", Buffer.from("GGUF"), "model-invalid", /not a GGUF/],
    [
      "another format",
      Buffer.from("PK\u0003\u0004".padEnd(64, "x")),
      "model-invalid",
      /does not begin with GGUF/,
    ],
    ["text", Buffer.from("version https://git-lfs.github.com/spec/v1\n"), "model-invalid", /not a GGUF/],
    ["an old version", patched(sound, 0, 0x1_4655_4747n), "model-unsupported", /version 1/],
    ["a big-endian file", patched(sound, 0, 0x0300_0000_4655_4747n), "model-unsupported", /big-endian/],
    [
      "4 billion tensors",
      patched(sound, countsAt.tensors, 4_294_967_295n),
      "model-invalid",
      /4,294,967,295 tensors/,
    ],
    [
      "2^64 tensors",
      patched(sound, countsAt.tensors, 2n ** 64n - 1n),
      "model-invalid",
      /tensors, which cannot fit/,
    ],
    [
      "4 billion metadata entries",
      patched(sound, countsAt.metadata, 4_294_967_295n),
      "model-invalid",
      /metadata entries/,
    ],
    [
      "a header cut short",
      sound.subarray(0, 200),
      "model-invalid",
      /ends in the middle of its header|cannot fit/,
    ],
    ["tensors cut short", ggufBytes({ data: 100 }), "model-invalid", /cut short: the tensor .* ends at byte/],
    [
      "no architecture",
      ggufBytes({ metadata: withEntry("general.architecture") }),
      "model-invalid",
      /architecture/,
    ],
    [
      "an adapter",
      ggufBytes({ metadata: withEntry("general.type", ["general.type", "string", "adapter"]) }),
      "model-unsupported",
      /no language model but: adapter/,
    ],
    [
      "no context",
      ggufBytes({ metadata: withEntry("qwen2.context_length") }),
      "model-unsupported",
      /context_length/,
    ],
    [
      "no layers",
      ggufBytes({ metadata: withEntry("qwen2.block_count", ["qwen2.block_count", "u32", 0]) }),
      "model-invalid",
      /block_count as 0/,
    ],
    [
      "a key twice",
      ggufBytes({ metadata: [...soundMetadata, soundMetadata[0] ?? ["", "u32", 0]] }),
      "model-invalid",
      /twice/,
    ],
    ["a tensor twice", ggufBytes({ tensors: [big("same"), big("same")] }), "model-invalid", /same twice/],
    ["a tensor without a name", ggufBytes({ tensors: [big("")] }), "model-invalid", /bad name/],
    ["a tensor with a long name", ggufBytes({ tensors: [big("x".repeat(64))] }), "model-invalid", /bad name/],
    [
      "a tensor of five dimensions",
      ggufBytes({ tensors: [{ name: "five", type: "F32", shape: [1, 1, 1, 1, 1], values: [] }] }),
      "model-invalid",
      /five claims 5 dimensions/,
    ],
    [
      "a tensor larger than any file",
      ggufBytes({ tensors: [{ name: "huge", type: "F32", shape: [2 ** 31, 2 ** 31], values: [] }], data: 0 }),
      "model-invalid",
      /huge has the impossible shape/,
    ],
    [
      "a row that is no whole number of blocks",
      ggufBytes({ tensors: [{ name: "odd", type: "Q8_0", shape: [33], values: [] }] }),
      "model-invalid",
      /odd has the impossible shape 33 of Q8_0/,
    ],
    [
      "a wild alignment",
      ggufBytes({ metadata: withEntry("", ["general.alignment", "u32", 48]) }),
      "model-invalid",
      /48 as the alignment/,
    ],
  ];
  for (const [what, bytes, code, says] of broken) {
    it(`says what is wrong with ${what}`, async () => {
      await assert.rejects(readGguf(source(bytes)), (error) => {
        assert.ok(error instanceof RuntimeError, String(error));
        assert.equal(error.code, code);
        assert.match(error.message, says);
        return true;
      });
    });
  }

  it("says that a file is missing, or no file", async () => {
    const code = "model-not-found";
    await assert.rejects(readGgufFile("/nowhere/model.gguf"), { code, message: /^There is no file \S+\.$/ });
    await assert.rejects(readGgufFile("test"), { code, message: "test is a folder." });
    await assert.rejects(readGgufFile("package.json/model.gguf"), { code, message: /^There is no file/ });
  });

  it("names the three models beside it that a person may have meant", async () => {
    const folder = await mkdtemp(join(tmpdir(), "hearth-near-"));
    for (const name of ["coder-1.5b", "coder-7b", "r1-7b", "r1-70b"])
      await writeFile(join(folder, `${name}.gguf`), "");
    const [near, path] = ["coder-7b, coder-1.5b, r1-7b", join(folder, "coder-8b.gguf")];
    await assert.rejects(readGgufFile(path), { message: `There is no file ${path}. Nearest: ${near}.` });
    await rm(folder, { recursive: true });
  });

  itNeeds(posix, "tells a link that leads back to itself", async () => {
    const folder = await mkdtemp(join(tmpdir(), "hearth-loop-"));
    const path = join(folder, "model.gguf");
    await symlink(path, path);
    const said = { code: "model-not-found", message: `${path} is a link that leads back to itself.` };
    await assert.rejects(readGgufFile(path), said);
    await rm(folder, { recursive: true });
  });

  itNeeds(posix, "is not held by a pipe that nobody writes to", async () => {
    const folder = await mkdtemp(join(tmpdir(), "hearth-pipe-"));
    execFileSync("mkfifo", [join(folder, "model.gguf")]);
    await assert.rejects(readGgufFile(join(folder, "model.gguf")), { code: "model-not-found" });
    await rm(folder, { recursive: true });
  });

  it("takes any bytes: a header or a RuntimeError, and never much memory", async () => {
    let largest = 0;
    const measured = (bytes: Uint8Array): ByteSource => ({
      size: bytes.length,
      read: (offset, length) => {
        largest = Math.max(largest, length);
        return Promise.resolve(bytes.subarray(offset, offset + length));
      },
    });
    const change = fc.record({
      at: fc.nat(sound.length - 1),
      value: fc.constantFrom(0, 1, 0x7f, 0x80, 0xff),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 12 }),
        fc.nat(sound.length),
        async (changes, cut) => {
          const bytes = Buffer.from(sound);
          for (const { at, value } of changes) bytes[at] = value;
          for (const file of [bytes, bytes.subarray(0, cut)]) {
            await readGguf(measured(file)).catch((error: unknown) =>
              assert.ok(error instanceof RuntimeError, String(error)),
            );
          }
        },
      ),
      { numRuns: 1500 },
    );
    assert.ok(largest <= sound.length, "it reads no more than there is");
  });

  it("holds little of a header that never ends", async () => {
    const entry = Buffer.concat([
      ggufBytes({ metadata: [["k".repeat(60_000), "u32", 1]], tensors: [], data: 0 }),
    ]);
    const endless: ByteSource = {
      size: 2 ** 42,
      read: (offset, length) => {
        const part = Buffer.alloc(length, entry.subarray(24, 24 + 8 + 60_000 + 8));
        if (offset === 0) patched(sound.subarray(0, 24), countsAt.metadata, 100_000n).copy(part);
        return Promise.resolve(part);
      },
    };
    await assert.rejects(readGguf(endless), RuntimeError);
  });

  it("believes no length with memory, however large the file", async () => {
    const claimed = 2 ** 42;
    for (let at = 24; at < 400; at += 8) {
      const bytes = patched(sound, at, 2n ** 40n);
      const reads: number[] = [];
      const sparse: ByteSource = {
        size: claimed,
        read: (offset, length) => {
          reads.push(length);
          const part = Buffer.alloc(length);
          if (offset < bytes.length) bytes.copy(part, 0, offset);
          return Promise.resolve(part);
        },
      };
      const before = process.memoryUsage().arrayBuffers;
      await readGguf(sparse).catch((error: unknown) =>
        assert.ok(error instanceof RuntimeError, String(error)),
      );
      assert.ok(Math.max(...reads) <= 1024 * 1024);
      assert.ok(process.memoryUsage().arrayBuffers - before < 64 * 1024 * 1024);
    }
  }).timeout(60_000);
});
