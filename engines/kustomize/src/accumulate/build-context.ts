import { EddyError } from "@eddy/core/errors";
import type { BuildBudget } from "../budget.ts";
import { KustomizeError } from "../error.ts";
import type { LoaderContext } from "../load/loader.ts";
import type { HelmChartRenderer } from "../options.ts";
import type { OpenApiSchema } from "../schema/schema.ts";

/** What all kustomizations of one build share. */
export interface BuildContext {
  load: LoaderContext;
  schema: OpenApiSchema;
  helm: HelmChartRenderer | undefined;
  budget: BuildBudget;
  warn: (message: string) => void;
}

/** Runs a step, putting words before the message of what it throws and a position where none is known. */
export function within<T>(words: string, file: string, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    if (!(cause instanceof Error) || !("code" in cause)) throw cause;
    const known = cause instanceof KustomizeError ? cause : undefined;
    throw new KustomizeError(`${words}: ${cause.message}`, {
      position: { file, ...known?.position },
      ...(cause instanceof EddyError && cause.hint !== undefined ? { hint: cause.hint } : {}),
      remote: known?.remote ?? false,
      cause,
    });
  }
}
