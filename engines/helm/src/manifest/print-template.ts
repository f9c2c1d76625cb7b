import { parsePathPattern } from "../chart/match-path.ts";
import { HelmError } from "../error.ts";
import type { HelmDialect } from "../dialect.ts";
import type { RenderedRelease } from "../render/options.ts";
import { formatCrds, formatSource } from "./format-manifest.ts";
import { trimSpace } from "./go-space.ts";
import type { Hook } from "./manifest.ts";
import { splitManifests } from "./split-manifests.ts";

/** Options of {@link printTemplate}. */
export interface PrintTemplateOptions {
  readonly dialect?: HelmDialect;
  readonly includeCrds?: boolean;
  readonly noHooks?: boolean;
  readonly skipTests?: boolean;
  /** Patterns of paths below the chart, like `templates/*.yaml`. */
  readonly showOnly?: readonly string[];
}

/**
 * What `helm template` prints of a rendered chart.
 * @throws HelmError (terminal) where `showOnly` names nothing
 */
export function printTemplate(rendered: RenderedRelease, options: PrintTemplateOptions = {}): string {
  const { includeCrds = false, noHooks = false, skipTests = false, showOnly = [] } = options;
  const crds = includeCrds ? formatCrds(rendered.crds) : "";
  const hooks = noHooks ? [] : rendered.hooks.filter((hook) => !(skipTests && isTest(hook)));
  const text =
    `${trimSpace(crds + rendered.manifest)}\n` + hooks.map((hook) => formatSource(hook.path, hook.manifest)).join("");
  return showOnly.length === 0 ? text : onlyShown(text, showOnly, options.dialect ?? "helm4");
}

function isTest({ events }: Hook): boolean {
  return events.includes("test");
}

function onlyShown(text: string, patterns: readonly string[], dialect: HelmDialect): string {
  const documents = splitManifests(text, dialect).map((document) => ({
    document,
    path: /# Source: [^/\n]+\/(.+)/.exec(document)?.[1],
  }));
  const shown = patterns.flatMap((wanted) => {
    const found = documents.filter(({ path }) => path !== undefined && matches(wanted, path));
    if (found.length === 0) throw new HelmError(`could not find template ${wanted} in chart`);
    return found.map(({ document }) => `---\n${document}\n`);
  });
  return shown.join("");
}

function matches(pattern: string, path: string): boolean {
  try {
    return parsePathPattern(pattern).matches(path);
  } catch {
    return false;
  }
}
