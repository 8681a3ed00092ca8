/**
 * The README as the editor shows it to someone who has the VSIX and no repository: pictures and links that
 * lead to files beside it lead nowhere there, so the pictures go and the links become their words.
 */

export function standaloneReadme(text: string): string {
  return text
    .replace(/\[!\[[^\]]*\]\((?!https:)[^)]*\)\]\([^)]*\)/g, "")
    .replace(/!\[[^\]]*\]\((?!https:)[^)]*\)/g, "")
    .replace(/<img\b[^>]*\bsrc="(?!https:)[^>]*>/g, "")
    .replace(/\[([^\]]+)\]\((?!https?:|#)[^)]*\)/g, "$1")
    .replace(/\n{3,}/g, "\n\n");
}
