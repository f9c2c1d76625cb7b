import { coalesceTables, coalesceValues, type Chart, type Values } from "@eddy/helm";
import { messageOf } from "@eddy/core/errors";
import { cloneJson } from "@eddy/core/object";
import { restoreChart } from "../record/chart-record.ts";
import type { Release } from "../record/release.ts";
import type { UpgradeRequest } from "../requests.ts";
import { failure } from "./action-context.ts";

/** The chart and the user's values that an upgrade is made of. */
export interface ReusedValues {
  chart: Chart;
  values: Values;
}

/**
 * What the request's `reuse` makes of the last revision's values. Pure. With `reuse`, the old chart's defaults replace the new one's;
 * without a word, values are kept when none are given.
 * @throws ReleaseError RELEASE_RENDER_FAILED when the old values cannot be rebuilt. Source: Helm `Upgrade.reuseValues`.
 */
export function reuseValues(request: UpgradeRequest, current: Release): ReusedValues {
  const { chart, values, reuse, dialect = "helm4" } = request;
  const { config = {} } = current;
  switch (reuse) {
    case "reset":
      return { chart, values };
    case "reuse":
      return { chart: { ...chart, values: rebuild() }, values: lay(values, config) };
    case "reset-then-reuse":
      return { chart, values: lay(values, config) };
    default:
      return { chart, values: Object.keys(values).length === 0 ? config : values };
  }

  function rebuild(): Values {
    try {
      return coalesceValues(restoreChart(current.chart), config, { dialect });
    } catch (error) {
      throw failure("RELEASE_RENDER_FAILED", `failed to rebuild old values: ${messageOf(error)}`, error);
    }
  }
}

function lay(over: Values, under: Values): Values {
  return coalesceTables(cloneJson(over), cloneJson(under));
}
