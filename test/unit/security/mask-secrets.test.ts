import assert from "node:assert/strict";
import fc from "fast-check";
import { maskCode, maskSecrets } from "../../../server/security/mask-secrets.ts";

describe("mask of secrets", () => {
  /** What is hidden stands between `‹` and `›`. */
  const check = (marked: string) => {
    const text = marked.replaceAll(/[‹›]/g, "");
    const expected = marked.replaceAll(/‹(.*?)›/g, (_, hidden: string) => "*".repeat(hidden.length));
    it(`of ${text}`, () =>
      assert.equal(maskSecrets(text).replaceAll(String.fromCharCode(maskCode), "*"), expected));
  };
  check('const password = "‹letmein123›";');
  check('const password: string = "‹letmein123›";');
  check('const password =\n\n  "‹letmein123›";');
  check("password := `‹letmein›`");
  check('db_pwd = b"""‹letmein›"""');
  check('{ "client_secret": "‹say \\"it\\" twice›", "b": "c" }');
  check('const pass = process.env.DB_PASSWORD || "‹fallback›";');
  check('secretKey: encode(\n  "‹letmein›")');
  check('passwords: ["letmein"], token: "‹one›", token: "‹two›"');
  check('dbUrl: "postgres://‹admin:hunter2›@db:5432/app"');
  check('cache("redis://‹:hunter2›@db")');
  check('key = "‹wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY›"');
  check("curl -H 'Authorization: Bearer ‹abcdEFGHijklMNOPqrst›'");
  check('"‹eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmVk›"');
  check('if (token === "identifier") return tokens["one"];');
  check("const token = next().length;");
  check('import a from "src/components/AppHeader/AppHeaderTitle2/index";');
  check('open("https://example.org:8080/a@b");');

  const piece = fc.constantFrom(
    ..."password|token|: |= |\"|'|`|\n|\r\n|\t|f(|\\|x|hunter2|Bearer |://u:|pw12@|a9F3kLm2Qx7Zp0Rt5Vw8Yb1".split(
      "|",
    ),
  );
  const texts = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));

  it("keeps the length and every line break", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const masked = maskSecrets(text);
        assert.equal(masked.length, text.length);
        assert.deepEqual([...masked.matchAll(/[\r\n]/g)].join(), [...text.matchAll(/[\r\n]/g)].join());
      }),
    );
  });

  it("of a line is the same whatever stands more than a line away", () => {
    fc.assert(
      fc.property(texts, texts, texts, (above, lines, below) => {
        const near = `x\n${lines}\nx\n`;
        const whole = maskSecrets(`${above}\n${near}${below}`);
        assert.equal(whole.slice(above.length + 1, above.length + 1 + near.length), maskSecrets(near));
      }),
    );
  });

  it("takes time in proportion to a hostile text", () => {
    for (const text of ["token=", "token: a.", "token ", "a://b:", "'", '="', "token=f(", "aB1/"]) {
      const start = performance.now();
      maskSecrets(text.repeat(50_000));
      assert.ok(performance.now() - start < 2000, text);
    }
  });
});
