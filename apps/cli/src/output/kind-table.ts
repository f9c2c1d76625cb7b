import type { Kind } from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";
import { formatAgeSince } from "./age.ts";

/** How a kind's objects are listed. */
export interface KindTableOptions {
  withNamespace: boolean;
  /** Names as `kustomization/podinfo`. */
  withKind: boolean;
  /** Adds the source after the name, where the kind has one. */
  withSource: boolean;
  /** Adds the kind's further columns and the age. */
  wide: boolean;
  nowMs: number;
}

/** Header and rows for `formatTable`. */
export interface KindTable {
  header: readonly string[];
  rows: readonly (readonly string[])[];
}

/** The columns of a kind, filled from its objects. */
export function kindTable(kind: Kind, objects: readonly KubeObject[], options: KindTableOptions): KindTable {
  const { sourceOf, listedSourceOf = sourceOf } = kind.cli;
  const columns = [...kind.cli.columns, ...(options.wide ? kind.cli.wideColumns : [])];
  const withSource = options.withSource && listedSourceOf !== undefined;
  const header = [
    ...(options.withNamespace ? ["Namespace"] : []),
    "Name",
    ...(withSource ? ["Source"] : []),
    ...columns.map((column) => column.header),
    ...(options.wide ? ["Age"] : []),
  ];
  const rows = objects.map((object) => [
    ...(options.withNamespace ? [object.metadata.namespace ?? ""] : []),
    options.withKind ? `${kind.singular}/${object.metadata.name}` : object.metadata.name,
    ...(withSource ? [formatSource(listedSourceOf(object))] : []),
    ...columns.map((column) => column.value(object)),
    ...(options.wide ? [formatAgeSince(object.metadata.creationTimestamp, options.nowMs)] : []),
  ]);
  return { header, rows };
}

function formatSource(source: { kind: string; name: string; namespace: string } | undefined): string {
  return source === undefined ? "" : `${source.kind}/${source.namespace}/${source.name}`;
}
