/**
 * The frame of every page: an empty body, one script, one style sheet, and a policy under which nothing else is
 * loaded, run or sent.
 */

export interface PageParts {
  readonly language: string;
  readonly title: string;
  /** Where the editor serves files of the extension from, as a source of a policy. */
  readonly source: string;
  readonly script: string;
  readonly style: string;
  /** Random for each page; letters and digits. */
  readonly nonce: string;
}

export function pageHtml({ language, title, source, script, style, nonce }: PageParts): string {
  return `<!DOCTYPE html>
<html lang="${escaped(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy(source, nonce))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="stylesheet" href="${escaped(style)}">
</head>
<body>
<script nonce="${escaped(nonce)}" src="${escaped(script)}"></script>
</body>
</html>
`;
}

function policy(source: string, nonce: string): string {
  return [
    "default-src 'none'",
    `img-src ${source}`,
    `style-src ${source}`,
    `font-src ${source}`,
    `script-src 'nonce-${nonce}'`,
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
  ].join("; ");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}
