import type { ArtifactGenerator, OutputArtifact } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { pathsOf } from "./glob.ts";
import type { SourceTrees } from "./apply-copy.ts";

/** One artifact to make. */
export interface ArtifactRequest {
  readonly artifact: OutputArtifact;
  /** What the path pattern captured. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A path pattern, or what it finds, that only another spec or source mends. */
export class PathPatternError extends Error {}

const captureName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const labelValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const objectName = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const maxArtifacts = 10_000;

/**
 * The artifacts of the spec; with a path pattern, once for each directory of its source that matches. Source: source-watcher
 * `buildArtifactRequests`.
 * @throws PathPatternError in upstream's words
 */
export function expandArtifacts({ spec }: ArtifactGenerator, sources: SourceTrees): ArtifactRequest[] {
  if (spec.pathPattern === undefined || spec.pathPattern === "")
    return spec.artifacts.map((artifact) => ({ artifact, labels: {} }));
  return new Expansion(spec.pathPattern, spec.artifacts).of(sources);
}

class Expansion {
  private readonly pattern: string;
  private readonly artifacts: readonly OutputArtifact[];
  private readonly seen = new Map<string, string>();

  constructor(pattern: string, artifacts: readonly OutputArtifact[]) {
    this.pattern = pattern;
    this.artifacts = artifacts;
  }

  of(sources: SourceTrees): ArtifactRequest[] {
    const slash = this.pattern.indexOf("/");
    if (!this.pattern.startsWith("@") || slash < 0)
      throw new PathPatternError(`invalid pathPattern format: ${this.pattern}`);
    const alias = this.pattern.slice(1, slash);
    const tree = sources.get(alias);
    if (!tree) throw this.refuse(`source alias ${alias} not found in local sources`);
    const steps = this.parse(this.pattern.slice(slash + 1));
    const requests: ArtifactRequest[] = [];
    for (const path of pathsOf(tree, "")) {
      const captures = tree.kindOf(path) === "directory" ? matchSteps(steps, path) : undefined;
      if (!captures) continue;
      for (const artifact of this.artifacts) requests.push(this.request(artifact, captures, path));
      if (requests.length > maxArtifacts) throw this.refuse(`more than ${maxArtifacts} artifacts`);
    }
    return requests;
  }

  private refuse(why: string): PathPatternError {
    return new PathPatternError(`pathPattern ${JSON.stringify(this.pattern)}: ${why}`);
  }

  /** Text and captures of each folder of the pattern, in turn. */
  private parse(pattern: string): Part[][] {
    const names = new Set<string>();
    return pattern.split("/").map((step) => {
      const parts = this.parts(step);
      for (const { capture } of parts) {
        if (capture === undefined) continue;
        if (names.has(capture)) throw this.refuse(`duplicate capture variable ${JSON.stringify(capture)}`);
        if (capture.startsWith("_") || capture.endsWith("_") || capture.length > 63)
          throw this.refuse(
            `capture variable ${JSON.stringify(capture)} is not a valid Kubernetes label key: it must begin and end with an alphanumeric character and have 63 characters at most`,
          );
        names.add(capture);
      }
      return parts;
    });
  }

  private parts(step: string): Part[] {
    const parts: Part[] = [];
    for (const piece of step.split(/(\{[^}]*\}?|\})/)) {
      if (piece === "") continue;
      if (piece === "}") throw this.refuse("invalid capture: missing opening brace");
      if (!piece.startsWith("{")) parts.push({ text: piece });
      else if (!piece.endsWith("}")) throw this.refuse("invalid capture: missing closing brace");
      else parts.push({ capture: this.checkedName(piece.slice(1, -1)) });
    }
    return parts;
  }

  private checkedName(name: string): string {
    if (name === "") throw this.refuse("empty capture variable");
    if (captureName.test(name)) return name;
    throw this.refuse(
      `capture variable ${JSON.stringify(name)} must be a valid capture name matching [A-Za-z_][A-Za-z0-9_]*`,
    );
  }

  private request(artifact: OutputArtifact, captures: Readonly<Record<string, string>>, path: string): ArtifactRequest {
    const labels = Object.fromEntries(Object.entries(captures).map(([name, value]) => [name, value.toLowerCase()]));
    for (const [name, value] of Object.entries(labels))
      if (!labelValue.test(value))
        throw this.refuse(
          `captured value ${JSON.stringify(value)} for variable ${JSON.stringify(name)} is not a valid Kubernetes label value`,
        );
    const rendered = this.render(artifact, { labels, captures }, path);
    const { name } = rendered;
    if (name.length > 253 || !objectName.test(name))
      throw this.refuse(`rendered artifact name ${JSON.stringify(name)} is not a valid Kubernetes object name`);
    const former = this.seen.get(name);
    if (former !== undefined)
      throw this.refuse(
        `directories ${JSON.stringify(former)} and ${JSON.stringify(path)} both resolve to artifact name ${JSON.stringify(name)}`,
      );
    this.seen.set(name, path);
    return { artifact: rendered, labels };
  }

  /** Names are of lower case, paths are as they are. */
  private render(
    artifact: OutputArtifact,
    { labels, captures }: Record<"labels" | "captures", Readonly<Record<string, string>>>,
    path: string,
  ): OutputArtifact {
    try {
      const copy = artifact.copy.map((operation) => ({
        ...operation,
        from: renderTemplate(operation.from, captures),
        to: renderTemplate(operation.to, captures),
      }));
      return { ...artifact, name: renderTemplate(artifact.name, labels), copy };
    } catch (cause) {
      throw this.refuse(`failed to render artifact ${artifact.name} for match ${path}: ${messageOf(cause)}`);
    }
  }
}

interface Part {
  readonly text?: string;
  readonly capture?: string;
}

/** What the captures of a path are; undefined for one that does not match. A capture takes as much as it can, and something. */
function matchSteps(steps: readonly (readonly Part[])[], path: string): Record<string, string> | undefined {
  const names = path.split("/");
  if (names.length !== steps.length) return undefined;
  const captures: Record<string, string> = {};
  for (const [index, parts] of steps.entries())
    if (!new StepMatch(parts, names[index] ?? "", captures).matches(0, 0)) return undefined;
  return captures;
}

/** One folder of a pattern on one name. What failed once is not tried again: the time is parts by characters by characters. */
class StepMatch {
  private readonly parts: readonly Part[];
  private readonly name: string;
  private readonly captures: Record<string, string>;
  private readonly failed = new Set<number>();

  constructor(parts: readonly Part[], name: string, captures: Record<string, string>) {
    this.parts = parts;
    this.name = name;
    this.captures = captures;
  }

  /** Whether the parts from `from` on match the name from `at` on; then their captures are set. */
  matches(from: number, at: number): boolean {
    const state = from * (this.name.length + 1) + at;
    if (this.failed.has(state)) return false;
    const isMatch = this.try(from, at);
    if (!isMatch) this.failed.add(state);
    return isMatch;
  }

  private try(from: number, at: number): boolean {
    const part = this.parts[from];
    if (!part) return at === this.name.length;
    if (part.text !== undefined)
      return this.name.startsWith(part.text, at) && this.matches(from + 1, at + part.text.length);
    const shortest = from === this.parts.length - 1 ? Math.max(at + 1, this.name.length) : at + 1;
    for (let end = this.name.length; end >= shortest; end--) {
      if (!this.matches(from + 1, end)) continue;
      this.captures[part.capture ?? ""] = this.name.slice(at, end);
      return true;
    }
    return false;
  }
}

/** @throws Error for a template that has a capture which is not there */
function renderTemplate(template: string, captures: Readonly<Record<string, string>>): string {
  const refuse = (why: string): Error => new Error(`invalid template ${JSON.stringify(template)}: ${why}`);
  return template.replaceAll(/\{[^}]*\}?|\}/g, (piece) => {
    if (piece === "}") throw refuse("capture is missing opening brace");
    if (!piece.endsWith("}")) throw refuse("capture is missing closing brace");
    const name = piece.slice(1, -1);
    if (name === "") throw refuse("empty capture variable");
    const value = Object.hasOwn(captures, name) ? captures[name] : undefined;
    if (value === undefined) throw refuse(`capture variable ${JSON.stringify(name)} is not defined by pathPattern`);
    return value;
  });
}
