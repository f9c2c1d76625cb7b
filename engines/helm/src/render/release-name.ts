import { messageOf } from "@eddy/core/errors";
import { trimRight } from "@eddy/core/trim";
import { TemplateSet } from "@eddy/gotemplate";
import { HelmError } from "../error.ts";
import { functionsOf } from "./function-table.ts";

/**
 * The name that `--name-template` gives. Source: Helm `TemplateName`.
 * @throws HelmError (terminal)
 */
export function nameFromTemplate(template: string): string {
  const set = new TemplateSet(functionsOf("helm4"), { name: "name-template" });
  try {
    set.parse("name-template", template);
    return set.execute("name-template", undefined, { maxSteps: 10_000, timeoutMs: 1_000 });
  } catch (cause) {
    throw new HelmError(messageOf(cause), { cause });
  }
}

/** The name that `--generate-name` gives a chart at a time: `chart-1700000000`. Source: Helm `Install.NameAndChart`. */
export function generatedName(chart: string, nowMs: number): string {
  const base = trimRight(chart, "/").split("/").at(-1) ?? "";
  const stem = base === "" || base === "." ? "chart" : base.split(".", 1)[0];
  return `${stem}-${Math.floor(nowMs / 1_000)}`;
}
