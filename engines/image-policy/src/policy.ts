/** `asc`: the last one in ascending order is chosen; `desc`: the first one. */
export type SortOrder = "asc" | "desc";

/** Which tags are looked at, and what of them is compared. Source: ImagePolicy `spec.filterTags`. */
export interface TagFilter {
  /** Regular expression (Go) that a tag must match somewhere. */
  readonly pattern: string;
  /** Template over the pattern's groups of what is compared: `$ts`, `${1}`; the whole tag where it is absent or empty. */
  readonly extract?: string;
}

/** Which tags are looked at: Flux v1's `glob:`, `semver:` and `regexp:`; of globs only `*` means something. */
export interface TagPattern {
  readonly form: "glob" | "semver" | "regexp";
  readonly text: string;
}

/** What Keel's `keel.sh/policy` says. `default`: `all` for a version, else the same tag, as Keel does for what is polled without a policy. */
export type KeelRule =
  | { readonly form: "all" | "major" | "minor" | "patch" | "force" | "default" }
  | { readonly form: "glob" | "regexp"; readonly pattern: string };

/** How the next tag is chosen. */
export type Policy =
  /** Flux v2: the highest version in the range; only `1.2.3` and `v1.2.3` are versions. */
  | { readonly form: "semver"; readonly range: string; readonly filter?: TagFilter }
  /** Flux v2: by letters. */
  | { readonly form: "alphabetical"; readonly order: SortOrder; readonly filter?: TagFilter }
  /** Flux v2: by value; one tag that is no number spoils all. */
  | { readonly form: "numerical"; readonly order: SortOrder; readonly filter?: TagFilter }
  /** Flux v1: of the tags that match, the highest version (`semver`), else the newest by build date. */
  | { readonly form: "pattern"; readonly pattern: TagPattern }
  /** Keel's words. `matchPreRelease`: the pre-release part must stay as it is; `matchTag`: so must the tag, with `force`. */
  | { readonly form: "keel"; readonly rule: KeelRule; readonly matchTag: boolean; readonly matchPreRelease: boolean }
  /** The tag stays; another digest under it is an update. */
  | { readonly form: "digest" }
  /** Nothing is ever chosen. */
  | { readonly form: "never" };
