import { EddyError, messageOf } from "@eddy/core/errors";
import { type Chart, type LookupPort, renderTemplates } from "@eddy/helm";
import type { LookedUpObject, RenderAnswer, RenderFailure, RenderJob } from "./render-request.ts";

/**
 * Renders a chart's templates with what was looked up before. Where they look up more, the answer is what they looked for: whoever
 * asks fetches that and renders again. Never throws.
 */
export function renderJob(chart: Chart, job: RenderJob, onTemplate?: (path: string) => void): RenderAnswer {
  const missing = new Set<string>();
  try {
    const { found, ...options } = job;
    const { files, notes, warnings } = renderTemplates(chart, {
      ...options,
      ...(found === undefined ? {} : { lookup: recordingLookup(found, missing) }),
      ...(onTemplate === undefined ? {} : { onTemplate }),
    });
    return missing.size > 0 ? { kind: "missing", lookups: [...missing] } : { kind: "rendered", files, notes, warnings };
  } catch (error) {
    // What failed for want of an object may succeed with it.
    if (missing.size > 0) return { kind: "missing", lookups: [...missing] };
    return { kind: "failed", error: failureOf(error) };
  }
}

/** One key for what is looked up. */
export function lookupKey(...parts: readonly [string, string, string, string]): string {
  return JSON.stringify(parts);
}

function recordingLookup(found: ReadonlyMap<string, LookedUpObject | undefined>, missing: Set<string>): LookupPort {
  return {
    lookup(...parts) {
      const key = lookupKey(...parts);
      if (!found.has(key)) missing.add(key);
      return found.get(key);
    },
  };
}

function failureOf(error: unknown): RenderFailure {
  if (!(error instanceof EddyError)) return { code: "HELM_TEMPLATE", message: messageOf(error) };
  const { file, line, column } = error.position ?? {};
  return {
    code: error.code,
    message: error.message,
    position: {
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
      ...(column === undefined ? {} : { column }),
    },
  };
}
