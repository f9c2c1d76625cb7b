import { compareText, memberOf } from "@eddy/core/json";
import { messageOf } from "@eddy/core/errors";
import type { HelmDialect } from "../dialect.ts";
import { HelmError } from "../error.ts";
import { isBlank } from "./go-space.ts";
import { type KindOrder, sortByKind } from "./kind-order.ts";
import type { Hook, HookEvent, Manifest, ManifestHead } from "./manifest.ts";
import { readHead } from "./read-head.ts";
import { splitManifests } from "./split-manifests.ts";

/** Manifests and hooks of rendered files, each in the order of kinds. */
export interface SortedManifests {
  readonly manifests: readonly Manifest[];
  readonly hooks: readonly Hook[];
}

/** Options of {@link sortManifests}. */
export interface SortManifestsOptions {
  readonly dialect?: HelmDialect;
  readonly order?: KindOrder;
  readonly onWarning?: (message: string) => void;
}

const events: ReadonlyMap<string, HookEvent> = new Map<string, HookEvent>([
  ["pre-install", "pre-install"],
  ["post-install", "post-install"],
  ["pre-delete", "pre-delete"],
  ["post-delete", "post-delete"],
  ["pre-upgrade", "pre-upgrade"],
  ["post-upgrade", "post-upgrade"],
  ["pre-rollback", "pre-rollback"],
  ["post-rollback", "post-rollback"],
  ["test", "test"],
  ["test-success", "test"],
]);

/**
 * Splits rendered files into documents and sorts them: files by path, then by kind. Partials and blank files are left out, and so
 * is what names an unknown hook event. Source: Helm `releaseutil.SortManifests`.
 * @throws HelmError (terminal) `YAML parse error on <path>: …`
 */
export function sortManifests(files: ReadonlyMap<string, string>, options: SortManifestsOptions = {}): SortedManifests {
  const { dialect = "helm4", order = "install" } = options;
  const manifests: Manifest[] = [];
  const hooks: Hook[] = [];
  for (const path of [...files.keys()].sort(compareText)) {
    const text = files.get(path) as string;
    if (path.slice(path.lastIndexOf("/") + 1).startsWith("_") || isBlank(text)) continue;
    for (const content of splitManifests(text, dialect)) {
      const head = headOf(content, path, dialect);
      const kinds = head.annotations === undefined ? undefined : memberOf(head.annotations, "helm.sh/hook");
      if (typeof kinds !== "string") manifests.push({ path, content, head });
      else hooks.push(...hookOf(content, path, head, kinds, options));
    }
  }
  return {
    manifests: sortByKind(manifests, ({ head }) => head.kind, { dialect, order }),
    hooks: sortByKind(hooks, ({ kind }) => kind, { dialect, order }),
  };
}

function headOf(content: string, path: string, dialect: HelmDialect): ManifestHead {
  try {
    return readHead(content, dialect);
  } catch (cause) {
    const position = cause instanceof HelmError ? { ...cause.position, file: path } : { file: path };
    throw new HelmError(`YAML parse error on ${path}: ${messageOf(cause)}`, { code: "HELM_MANIFEST", cause, position });
  }
}

function hookOf(
  manifest: string,
  path: string,
  head: ManifestHead,
  kinds: string,
  { dialect = "helm4", onWarning }: SortManifestsOptions,
): Hook[] {
  const named = listOf(kinds).map((event) => events.get(event));
  if (named.includes(undefined)) {
    const quoted = JSON.stringify(kinds);
    onWarning?.(dialect === "helm3" ? `info: skipping unknown hook: ${quoted}` : `skipping unknown hooks ${quoted}`);
    return [];
  }
  const annotation = (name: string): string | undefined => head.annotations?.[name];
  const policies = annotation("helm.sh/hook-delete-policy");
  const logs = annotation("helm.sh/hook-output-log-policy");
  return [
    {
      name: head.name,
      kind: head.kind,
      path,
      manifest,
      events: named as HookEvent[],
      weight: weightOf(annotation("helm.sh/hook-weight") ?? ""),
      deletePolicies: policies === undefined ? [] : listOf(policies),
      outputLogPolicies: logs === undefined ? [] : listOf(logs),
    },
  ];
}

function listOf(text: string): string[] {
  return text.split(",").map((part) => part.trim().toLowerCase());
}

/** Go's `strconv.Atoi`, or 0. */
function weightOf(text: string): number {
  if (!/^[+-]?[0-9]{1,19}$/.test(text)) return 0;
  const weight = BigInt(text.replace(/^\+/, ""));
  return weight < -(2n ** 63n) || weight >= 2n ** 63n ? 0 : Number(weight);
}
