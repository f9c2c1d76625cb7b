import { compareText } from "@eddy/core/json";
import { KustomizeError } from "../error.ts";
import type { SortOptions } from "../model/kustomization.ts";
import { formatGvk, gvkSortText, kindRanks, legacyOrderFirst, legacyOrderLast, sameGvk } from "../resid/gvk.ts";
import type { ResId } from "../resid/res-id.ts";
import type { Transformer } from "./transformer.ts";

/** Sorts as `sortOptions` ask. @throws KustomizeError for orders that do not exist */
export function sortObjects({ order, legacySortOptions }: SortOptions): Transformer {
  return (set) => {
    const position = { position: { field: "sortOptions" } };
    if (order !== "fifo" && order !== "legacy") {
      throw new KustomizeError("the field 'sortOptions.order' must be one of [fifo, legacy]", position);
    }
    if (order === "fifo") {
      if (legacySortOptions === undefined) return;
      const message =
        "the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not 'legacy'";
      throw new KustomizeError(message, position);
    }
    const first = legacySortOptions === undefined ? legacyOrderFirst : (legacySortOptions.orderFirst ?? []);
    const last = legacySortOptions === undefined ? legacyOrderLast : (legacySortOptions.orderLast ?? []);
    const compare = compareIds(kindRanks(first, last));
    const rows = set.objects.map((object) => ({ object, id: object.currentId() }));
    set.reset(rows.sort((left, right) => compare(left.id, right.id)).map(({ object }) => object));
  };
}

function compareIds(ranks: ReadonlyMap<string, number>): (left: ResId, right: ResId) => number {
  return (left, right) => {
    if (sameGvk(left, right)) return compareText(sortText(left), sortText(right));
    const rank = (ranks.get(left.kind) ?? 0) - (ranks.get(right.kind) ?? 0);
    if (rank !== 0) return rank;
    const order = compareText(gvkSortText(left), gvkSortText(right));
    // Core namespaces come before those of other groups.
    const coreNamespace =
      left.kind === "Namespace" && right.kind === "Namespace" && (left.group === "" || right.group === "");
    return coreNamespace ? -order : order;
  };
}

function sortText(id: ResId): string {
  return `${formatGvk(id)}|${id.namespace || "~X"}|${id.name || "~N"}`;
}
