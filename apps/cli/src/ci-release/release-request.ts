import { sha256 } from "@eddy/core/digest";
import { formatImage, parseImage, type Image } from "@eddy/core/image";
import type { ObjectTarget } from "@eddy/source-edit";
import { usage } from "../command/usage.ts";
import type { PipelineContext } from "./pipeline-context.ts";
import type { RawSettings } from "./settings.ts";

/** What is released where: one container or all that use the image, or what the markers of a policy name. */
export type ReleaseTarget =
  | { readonly kind: "workload"; readonly object: ObjectTarget; readonly container?: string; readonly text: string }
  | { readonly kind: "policy"; readonly namespace: string; readonly name: string; readonly text: string };

/** A release, checked. */
export interface ReleaseRequest {
  readonly image: Image;
  /** Empty: everything below the paths that uses the image. */
  readonly targets: readonly ReleaseTarget[];
  readonly paths: readonly string[];
  readonly repo: string;
  /** Undefined: the repository's default branch. */
  readonly branch: string | undefined;
  /** For a pull request one that stays the same for the same image and targets. */
  readonly pushBranch: string | undefined;
  /** Commits go to a branch of their own, and a pull request asks for them. */
  readonly asksForReview: boolean;
  readonly message: string | undefined;
  readonly author: { readonly name: string; readonly email: string };
  readonly checksRegistry: boolean;
  readonly isDryRun: boolean;
  /** Done when the cluster runs it, instead of when it is pushed. */
  readonly waits: boolean;
}

/** How a release is made: by a commit, by a pull request, or by a Release object. */
export type ReleaseMode = "commit" | "pull-request" | "api";

const modes: readonly ReleaseMode[] = ["commit", "pull-request", "api"];

/** The mode; `commit` unless given. @throws EddyError USAGE (terminal) */
export function parseMode(settings: RawSettings): ReleaseMode {
  const text = oneOf(settings, "mode") ?? "commit";
  const mode = modes.find((each) => each === text);
  if (mode === undefined) throw usage(`read mode: ${JSON.stringify(text)} is not one of ${modes.join(", ")}`);
  return mode;
}

/** The one value of a setting; undefined for none and for a blank one. */
export function oneOf({ values }: RawSettings, name: string): string | undefined {
  return values.get(name)?.[0]?.trim() || undefined;
}

/**
 * Reads what a pipeline asks for.
 * @throws EddyError USAGE (terminal), OCI_NAME (terminal)
 */
export function parseReleaseRequest(settings: RawSettings, pipeline: PipelineContext): ReleaseRequest {
  const { values } = settings;
  const one = (name: string): string | undefined => oneOf(settings, name);
  const asksForReview = parseMode(settings) === "pull-request";
  if (one("selector") !== undefined) throw usage('selector wants mode "api": files are chosen by target and path');
  const repo = one("repo") ?? pipeline.cloneUrl;
  if (repo === undefined) throw usage("the address of the repository with the manifests is required (repo)");
  const image = imageOf(settings);
  const targets = (values.get("target") ?? []).map(parseTarget);
  const { isDryRun, waits } = outcomeOf(settings);
  if (waits && asksForReview)
    throw usage("wait cannot be used with mode pull-request: nothing is applied before it is merged");
  return {
    image,
    targets,
    asksForReview,
    paths: (values.get("path") ?? [""]).map((path) => path.replace(/^(?:\.?\/)+|\/+$/g, "").replace(/^\.$/, "")),
    repo,
    branch: one("branch"),
    pushBranch: one("push-branch") ?? (asksForReview ? reviewBranch(image, targets) : undefined),
    message: values.get("message")?.[0],
    author: parseAuthor(one("author") ?? pipeline.author ?? "Eddy CI <ci@eddy.sh>"),
    checksRegistry: switchOf("check-registry", one("check-registry"), true),
    isDryRun,
    waits,
  };
}

/** Whether anything is to be done, and whether its rollout is waited for. @throws EddyError USAGE */
export function outcomeOf(settings: RawSettings): { isDryRun: boolean; waits: boolean } {
  const isDryRun = switchOf("dry-run", oneOf(settings, "dry-run"), false);
  const waits = switchOf("wait", oneOf(settings, "wait"), false);
  if (isDryRun && waits) throw usage("wait cannot be used with dry-run: nothing is applied");
  return { isDryRun, waits };
}

/** One branch for one image and its targets, whatever the tag: the next release goes on where the last one waits. */
function reviewBranch({ name }: Image, targets: readonly ReleaseTarget[]): string {
  const last = name.slice(name.lastIndexOf("/") + 1).replaceAll(/[^a-z0-9-]+/g, "-");
  const what = [name, ...targets.map(({ text }) => text).toSorted()].join("\n");
  return `eddy/release-${last}-${sha256(what).slice(0, 8)}`;
}

/** `name[:tag][@digest]`, completed by `tag` and `digest`. @throws EddyError USAGE, OCI_NAME */
export function imageOf(settings: RawSettings): Image {
  const [text, tag, digest] = ["image", "tag", "digest"].map((name) => oneOf(settings, name));
  if (text === undefined) throw usage("the image is required (image)");
  const image = parseImage(text);
  if (tag !== undefined && image.tag !== undefined && image.tag !== tag)
    throw usage(`the image ${text} has a tag, and the tag ${tag} is another one`);
  const whole = { ...image, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
  if (whole.tag === undefined && whole.digest === undefined)
    throw usage(`the image ${text} has neither a tag nor a digest`);
  return parseImage(formatImage(whole));
}

const workload = /^(?:([a-z0-9][a-z0-9.-]*):)?([A-Za-z]+)\/([a-z0-9][a-z0-9.-]*)(?:\/(.+))?$/;
const policy = /^([a-z0-9][a-z0-9.-]*):([a-z0-9][a-z0-9.-]*)$/;

/** `[namespace:]kind/name[/container]`, or `namespace:policy` for what its markers name. @throws EddyError USAGE */
export function parseTarget(text: string): ReleaseTarget {
  const [, namespace, kind, name = "", container] = workload.exec(text) ?? [];
  if (kind !== undefined) {
    const object = { kind, name, ...(namespace === undefined ? {} : { namespace }) };
    return { kind: "workload", object, text, ...(container === undefined ? {} : { container }) };
  }
  const [, policyNamespace, policyName] = policy.exec(text) ?? [];
  if (policyNamespace !== undefined && policyName !== undefined)
    return { kind: "policy", namespace: policyNamespace, name: policyName, text };
  throw usage(`read target ${JSON.stringify(text)}: want [namespace:]kind/name[/container], or namespace:policy`);
}

/** `Name <address>`. @throws EddyError USAGE */
export function parseAuthor(text: string): { name: string; email: string } {
  const [, name = "", email = ""] = /^(.*)<([^<>\s]*)>$/.exec(text.trim()) ?? [];
  if (!email.slice(1, -1).includes("@")) throw usage(`read author ${JSON.stringify(text)}: want "Name <address>"`);
  return { name: name.trim(), email };
}

/** `true` or `false`. @throws EddyError USAGE */
export function switchOf(name: string, text: string | undefined, fallback: boolean): boolean {
  if (text === undefined) return fallback;
  if (text === "true" || text === "false") return text === "true";
  throw usage(`read ${name}: ${JSON.stringify(text)} is neither true nor false`);
}
