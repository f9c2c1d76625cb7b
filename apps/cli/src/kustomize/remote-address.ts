/**
 * What to clone as a URL: `user@host:path`, as `ssh` alone knows it, becomes `ssh://user@host/path`. A path relative to the
 * user's home is taken from the root, as the servers of forges have no homes.
 */
export function remoteAddress(repository: string): string {
  if (/^[a-z]+:\/\//i.test(repository)) return repository;
  const scp = /^([^/@]+@)?(\[[^\]]*\]|[^/:]+):(.*)$/.exec(repository);
  if (scp === null) return `ssh://${repository}`;
  const [, user = "", host = "", path = ""] = scp;
  return `ssh://${user}${host}/${path.replace(/^\/+/, "")}`;
}
