import { EddyError } from "@eddy/core/errors";

/** A repository of a forge, by the address that Git clones it from. */
export interface RepositoryAddress {
  /** `https://<host>[:<port>]`. */
  host: string;
  /** `<owner>/<repository>`, for some forges with more parts; without `.git`. */
  id: string;
}

/**
 * Parses `https://host/owner/repo.git`, `ssh://git@host/…` or `git@host:…`; SSH becomes HTTPS. Pure. Source:
 * notification-controller 1.9, `parseGitAddress`.
 * @throws EddyError PROVIDER_SETTINGS (terminal)
 */
export function parseRepositoryAddress(address: string): RepositoryAddress {
  const [, scpHost, scpPath] = /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)(.+)$/.exec(address) ?? [];
  if (scpHost !== undefined && scpPath !== undefined) return { host: `https://${scpHost}`, id: idOf(scpPath) };
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !["http:", "https:", "ssh:"].includes(url.protocol)) {
    throw new EddyError(
      "PROVIDER_SETTINGS",
      "failed parsing the repository's URL: want https://, ssh:// or git@host:path",
      {
        class: "terminal",
      },
    );
  }
  const scheme = url.protocol === "ssh:" ? "https:" : url.protocol;
  return { host: `${scheme}//${url.host}`, id: idOf(url.pathname) };
}

function idOf(path: string): string {
  return path.replace(/^\/+/, "").replace(/\.git$/, "");
}

/** The parts of an id, as many as a forge's have. @throws EddyError PROVIDER_SETTINGS (terminal) */
export function partsOf({ id }: RepositoryAddress, count: number): string[] {
  const parts = id.split("/");
  if (parts.length === count && parts.every((part) => part !== ""))
    return parts.map((part) => encodeURIComponent(decode(part)));
  throw new EddyError("PROVIDER_SETTINGS", `invalid repository id ${JSON.stringify(id)}`, { class: "terminal" });
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
