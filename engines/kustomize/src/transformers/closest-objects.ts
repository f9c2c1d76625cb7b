import { formatId, type ResId } from "../resid/res-id.ts";
import type { ObjectSet } from "../resource/object-set.ts";

/** Says which objects a patch without a target may have meant. */
export function closestObjects(set: ObjectSet, wanted: ResId): string {
  const rows = set.objects.map((object) => {
    const id = object.currentId();
    const score =
      Number(id.name === wanted.name) * 4 + Number(id.kind === wanted.kind) * 2 + Number(id.group === wanted.group);
    return { text: formatId(id), score };
  });
  const close = rows.filter(({ score }) => score >= 2).sort((left, right) => right.score - left.score);
  if (rows.length === 0) return "there are no objects to patch";
  if (close.length === 0) return `none of the ${rows.length} objects has this name or kind`;
  return `these objects are close: ${close
    .slice(0, 5)
    .map(({ text }) => text)
    .join(", ")}`;
}
