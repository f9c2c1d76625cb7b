/** A text in which URLs have no passwords: what stands between a user and a host is left out. */
export function maskPasswords(text: string): string {
  return text.replace(/(:\/\/[^\s/:@'"]*):[^\s/@'"]+@/g, "$1:***@");
}
