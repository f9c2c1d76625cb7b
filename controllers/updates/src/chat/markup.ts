/** Text in Markdown's fences, which nothing in it ends. Pure. */
export function codeBlock(text: string): string {
  return `\`\`\`\n${text.replaceAll("`", "'")}\n\`\`\``;
}

/** Text without markup's own characters. Pure. */
export function escapeMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Text as Slack shows it letter by letter: nothing in it calls people, or is a link. Pure. */
export function slackText(text: string): string {
  return codeBlock(escapeMarkup(text));
}
