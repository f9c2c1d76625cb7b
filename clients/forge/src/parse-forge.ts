import { trim, trimRight } from "@eddy/core/trim";
import { ForgeError } from "./forge-error.ts";

/** Forgejo speaks Gitea's API. */
export type ForgeKind = "github" | "gitlab" | "gitea";

/** Where pull requests of a repository are made. */
export interface Forge {
  readonly kind: ForgeKind;
  /** Address of the API, without a trailing slash. */
  readonly api: string;
  /** `org/app`; at GitLab any number of groups. */
  readonly repository: string;
}

/** What an address does not tell. */
export interface ParseForgeOptions {
  /** Default: by the host, where that is a well-known one. */
  readonly kind?: ForgeKind;
  /** Default: where the kind has it on the repository's host. */
  readonly api?: string;
}

const known: Readonly<Record<string, ForgeKind>> = {
  "github.com": "github",
  "gitlab.com": "gitlab",
  "codeberg.org": "gitea",
  "gitea.com": "gitea",
};

const kinds: readonly ForgeKind[] = ["github", "gitlab", "gitea"];

/** Reads `github`, `gitlab`, `gitea` or `forgejo`. @throws ForgeError `configuration` */
export function parseForgeKind(text: string): ForgeKind {
  const kind = text === "forgejo" ? "gitea" : kinds.find((each) => each === text);
  if (kind !== undefined) return kind;
  throw new ForgeError("configuration", `read forge: ${JSON.stringify(text)} is not one of ${kinds.join(", ")}`);
}

/**
 * The forge of a repository, by its address over HTTP(S) or SSH.
 * @throws ForgeError `configuration` for an address that names no repository, or a host that is not known
 */
export function parseForge(url: string, options: ParseForgeOptions = {}): Forge {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  const repository = trim(address?.pathname ?? "", "/").replace(/\.git$/, "");
  if (address === undefined || !/^[^/]+(?:\/[^/]+)+$/.test(repository))
    throw new ForgeError("configuration", "find the forge: the address names no repository like org/app");
  const kind = options.kind ?? known[address.hostname];
  if (kind === undefined)
    throw new ForgeError(
      "configuration",
      `find the forge: ${address.hostname} is not a well-known one, say which it is`,
    );
  if (options.api !== undefined && !/^https?:\/\/[^/]/.test(options.api))
    throw new ForgeError("configuration", `read the forge's API: ${JSON.stringify(options.api)} is no http(s) address`);
  const api = options.api ?? apiOf(kind, address);
  return { kind, api: trimRight(api, "/"), repository };
}

function apiOf(kind: ForgeKind, { protocol, host, hostname }: URL): string {
  // Behind SSH the API is still HTTPS, at the port that every browser takes.
  const origin = protocol === "ssh:" ? `https://${hostname}` : `${protocol}//${host}`;
  if (kind === "gitlab") return `${origin}/api/v4`;
  if (kind === "gitea") return `${origin}/api/v1`;
  return hostname === "github.com" ? "https://api.github.com" : `${origin}/api/v3`;
}
