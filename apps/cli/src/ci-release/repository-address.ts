/**
 * A repository by host and path, for comparison: `https://git.example.org/team/fleet.git`, `ssh://git@git.example.org/team/fleet` and
 * `git@git.example.org:team/fleet` are one. It holds no login. Pure.
 */
export function repositoryAddress(url: string): string {
  const scp = /^(?:[^@/]+@)?([^:/]+):(?!\/\/)(.+)$/.exec(url);
  const whole = scp ? `ssh://${scp[1] ?? ""}/${scp[2] ?? ""}` : url;
  if (!URL.canParse(whole)) return url.replace(/\/+$/, "");
  const { protocol, host, hostname, pathname } = new URL(whole);
  const path = pathname.replace(/\/+$/, "").replace(/\.git$/, "");
  // A port of SSH says nothing of that of HTTPS.
  return `${protocol === "ssh:" ? hostname : host}${path}`.toLowerCase();
}
