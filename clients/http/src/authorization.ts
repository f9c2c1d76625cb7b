/** `Basic …` of a user and password, or of those in the URL; undefined where there is neither. */
export function basicAuthorization(url: URL, given: { username?: string; password?: string } = {}): string | undefined {
  const username = given.username ?? decoded(url.username);
  const password = given.password ?? decoded(url.password);
  if (username === "" && password === "") return undefined;
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** The URL without user and password. */
export function withoutUserInfo(url: URL): URL {
  const bare = new URL(url);
  bare.username = "";
  bare.password = "";
  return bare;
}

// A lone `%` is no encoding, and no reason to fail.
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
