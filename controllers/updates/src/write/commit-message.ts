import { refOf, formatObjectName } from "@eddy/core/object";
import { formatImage } from "@eddy/core/image";
import type { ScalarChange } from "@eddy/source-edit";
import { describeVersions, wantedImage, type UpdatePlan } from "./update-plan.ts";

/** Subject, what changes from what to what with its digest, where. Pure. */
export function commitMessage({ object, changes }: UpdatePlan, scalars: readonly ScalarChange[]): string {
  const name = formatObjectName(refOf(object));
  const lines = changes.map(
    (change) => `- ${change.container}: ${formatImage(change.from)} -> ${wantedImage(change)} (${change.digest})`,
  );
  const places = scalars.map(({ file, line }) => `${file}:${line}`);
  return [
    `Update ${name} to ${describeVersions(changes).split(" -> ").at(-1) ?? ""}`.slice(0, 200),
    "",
    ...lines,
    "",
    `Changed: ${places.join(", ")}`,
    `Eddy-Update: ${name}`,
    "",
  ].join("\n");
}
