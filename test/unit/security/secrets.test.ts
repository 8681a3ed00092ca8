import assert from "node:assert/strict";
import { holdsSecret, isInsideSecret, isSecretFile, writesSecret } from "../../../server/security/secrets.ts";

describe("secrets", () => {
  const secrets = [
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "AKIAIOSFODNN7EXAMPLE",
    "sk-proj-abc123DEF456ghi789JKL",
    "xoxb-2345678901-abcdefghij",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0",
    "-----BEGIN RSA PRIVATE KEY-----",
    "a9F3kLm2Qx7Zp0Rt5Vw8Yb1",
    "Bearer abcdEFGHijklMNOPqrst",
    "postgres://admin:letmein@db:5432/app",
  ];
  for (const secret of secrets)
    it(`knows ${secret.slice(0, 12)}…`, () => assert.ok(holdsSecret(`x = "${secret}"`)));

  const harmless = [
    "this.configurationService.getValue<boolean>('editor.inlineSuggest.enabled')",
    "internationalizationConfigurationProvider",
    "SHA256_BLOCK_SIZE_IN_BYTES_2",
    "MAX_PACKET_SIZE_1024_BYTES_V2_EXPERIMENTAL",
    "node_modules/.bin/tsc -p tsconfig.node.json",
    "00000000-0000-0000-0000-000000000000",
    "getElementsByClassNameAndTag2",
  ];
  for (const text of harmless) it(`lets ${text.slice(0, 24)}… pass`, () => assert.ok(!holdsSecret(text)));

  const inside: readonly (readonly [string, boolean])[] = [
    ['const password = "', true],
    ["api_key: 'abc", true],
    ['"clientSecret": "', true],
    ["PASSWORD = os.getenv('", true],
    ['const password = read("db"); log("', false],
    ["const token = tokens[", false],
    ["const name = '", false],
  ];
  for (const [prefix, expected] of inside) {
    it(`${expected ? "stays silent" : "speaks"} behind ${prefix}`, () =>
      assert.equal(isInsideSecret(prefix), expected));
  }

  const written: readonly (readonly [string, string, boolean])[] = [
    ["const adminPassword = ", '"letmein";', true],
    ["  password: ", '"correct horse battery",', true],
    ["const db", "Pwd = 'mypwd';", true],
    ["const options = {", '\n  "client_secret": "abcdef",\n}', true],
    ['const password = "old"; log(', '"done");', false],
    ["const password = ", "await ask();", false],
    ["const password = ", '"";', false],
    ["const token = ", "`${first}${rest}`;", false],
    ["const tokens = ", 'text.split(" and ");', false],
    ["if (token ", '=== "identifier") {', false],
    ["const name = ", '"letmein";', false],
  ];
  for (const [prefix, text, expected] of written) {
    it(`${expected ? "does not write" : "writes"} ${prefix}${text}`, () =>
      assert.equal(writesSecret(prefix, text), expected));
  }

  const files: readonly (readonly [string, boolean])[] = [
    ["/a/.env", true],
    ["C:\\a\\.env.local", true],
    ["/a/.env.example", false],
    ["/a/server.pem", true],
    ["/home/x/.ssh/id_ed25519", true],
    ["/a/.npmrc", true],
    ["untitled:.env", true],
    ["git:/a/.env?%7B%22ref%22%3A%22HEAD%22%7D", true],
    ["vscode-remote://ssh-remote%2Bhost/a/%2Eenv.local#1", true],
    ["git:/a/open.ts?%7B%22path%22%3A%22/a/.env%22%7D", false],
    ["/a/b:c?/.env", true],
    ["C:\\.env", true],
    ["/a/environment.ts", false],
    ["/a/keys.ts", false],
  ];
  for (const [path, expected] of files) {
    it(`${expected ? "leaves" : "reads"} ${path}`, () => assert.equal(isSecretFile(path), expected));
  }
});
