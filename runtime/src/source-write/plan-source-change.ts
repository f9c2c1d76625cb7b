import type { FileTree } from "@eddy/core/tree";
import type { KustomizationSpec } from "@eddy/api";
import { findImages, planEdits, type ScalarChange, type SourceEdit } from "@eddy/source-edit";
import { buildFolder, findBuilt, type BuiltFolder } from "./build-folder.ts";
import { containersOf } from "./containers.ts";
import { findCandidates, type Candidate } from "./find-candidates.ts";
import { sameImage } from "./images.ts";
import { overlayTree } from "./overlay-tree.ts";
import type { AppliedFolder, RefusedChange, SourceChangePlan, WantedChange } from "./source-change.ts";

/**
 * The edits after which every folder builds what is wanted. Each is tried on the build: one that does not take is not made, and
 * none that would change an image that nobody asked about. Pure; what comes out, planned again, is all present.
 * @throws EddyError BUILD_FAILED, OCI_NAME
 */
export function planSourceChange(tree: FileTree, folders: readonly AppliedFolder[]): SourceChangePlan {
  let current = tree;
  const files = new Map<string, Uint8Array>();
  const scalars: ScalarChange[] = [];
  const [made, present, refused]: [WantedChange[], WantedChange[], RefusedChange[]] = [[], [], []];
  for (const folder of folders) {
    const plan = planFolder(current, folder);
    for (const [path, bytes] of plan.files) files.set(path, bytes);
    current = overlayTree(tree, files);
    scalars.push(...plan.scalars);
    made.push(...plan.made);
    present.push(...plan.present);
    refused.push(...plan.refused);
  }
  return { files, scalars, made, present, refused };
}

/** A change that is still to find its place. */
interface Pending {
  readonly change: WantedChange;
  readonly candidates: readonly Candidate[];
  /** Why the candidates so far would not do. */
  readonly reasons: string[];
}

function planFolder(tree: FileTree, { spec, changes, guard }: AppliedFolder): SourceChangePlan {
  const before = buildFolder(tree, spec);
  const { images } = findImages(tree, { paths: before.files });
  const [present, refused, pending]: [WantedChange[], RefusedChange[], Pending[]] = [[], [], []];
  for (const change of changes) {
    const target = findBuilt(before, change.object);
    const held = target && guard?.(target.object, change);
    if (!target) refused.push({ change, reason: "not found in repository" });
    else if (held !== undefined) refused.push({ change, reason: held });
    else if (isBuilt(before, change)) present.push(change);
    else {
      const current = imageOf(before, change);
      if (current?.includes("${"))
        refused.push({ change, reason: `${target.origin} has ${current}: change what is substituted` });
      else pending.push({ change, ...judge(findCandidates(images, target, change, current)) });
    }
  }
  const accepted: Accepted[] = [];
  const rounds = Math.max(0, ...pending.map(({ candidates }) => candidates.length));
  let open: readonly Pending[] = pending;
  for (let round = 0; round < rounds && open.length > 0; round++) open = tryRound(tree, spec, open, round, accepted);
  for (const { change, reasons } of open) refused.push({ change, reason: reasons[0] ?? "no file sets it" });
  return withoutSideEffects({ tree, spec, before, changes, accepted, present, refused });
}

interface Accepted {
  readonly change: WantedChange;
  readonly edit: SourceEdit;
}

/** A scalar that an ImagePolicy sets would be set back. */
function judge(candidates: readonly Candidate[]): Pick<Pending, "candidates" | "reasons"> {
  const reasons = candidates.flatMap(({ field }) =>
    field?.setter === undefined
      ? []
      : [`${field.file}:${field.line} is set by ImagePolicy ${JSON.stringify(field.setter)}`],
  );
  return { candidates: candidates.filter(({ field }) => field?.setter === undefined), reasons };
}

/** Tries everybody's next candidate at once; answers who is left. */
function tryRound(
  tree: FileTree,
  spec: KustomizationSpec,
  open: readonly Pending[],
  round: number,
  accepted: Accepted[],
): Pending[] {
  const tried = open.flatMap(({ change, candidates }) => {
    const edit = candidates[round]?.edit;
    return edit === undefined ? [] : [{ change, edit }];
  });
  const plan = planEdits(tree, editsOf([...accepted, ...tried]));
  const built = buildFolder(overlayTree(tree, plan.files), spec);
  return open.filter((pending) => {
    const { change, reasons } = pending;
    const edit = pending.candidates[round]?.edit;
    if (edit === undefined) return true;
    if (isBuilt(built, change)) {
      accepted.push({ change, edit });
      return false;
    }
    const file = fileOf(edit);
    const refusal = plan.refusals.find((one) => one.file === file);
    const why = refusal ? `${refusal.file}:${refusal.line}: ${refusal.reason}` : overriddenBy(file, spec, change);
    reasons.push(why);
    return true;
  });
}

function overriddenBy(file: string, spec: KustomizationSpec, change: WantedChange): string {
  const others = change.form === "image" && (spec.images?.length ?? 0) > 0;
  return `changes in ${file} do not take: ${others ? "spec.images of the Kustomization" : "something else"} sets it`;
}

function fileOf(edit: SourceEdit): string {
  if (edit.kind === "kustomization-image") return edit.file;
  return edit.kind === "markers" ? "" : (edit.object.file ?? "");
}

function editsOf(accepted: readonly Accepted[]): SourceEdit[] {
  // Two containers of one image ask for the same entry of a kustomization.
  return [...new Map(accepted.map(({ edit }) => [JSON.stringify(edit), edit])).values()];
}

interface Draft {
  readonly tree: FileTree;
  readonly spec: KustomizationSpec;
  readonly before: BuiltFolder;
  readonly changes: readonly WantedChange[];
  readonly accepted: readonly Accepted[];
  readonly present: readonly WantedChange[];
  readonly refused: readonly RefusedChange[];
}

/** Leaves out edits of what several objects share, where one of them is not to change. */
function withoutSideEffects(draft: Draft): SourceChangePlan {
  const { tree, spec, before, changes, accepted, present, refused } = draft;
  const { files, changes: scalars } = planEdits(tree, editsOf(accepted));
  const after = files.size === 0 ? before : buildFolder(overlayTree(tree, files), spec);
  const strayed = strayedImages(before, after, changes);
  const isShared = ({ edit }: Accepted): boolean => edit.kind === "kustomization-image";
  if (strayed.length === 0 || !accepted.some(isShared))
    return { files, scalars, made: accepted.map(({ change }) => change), present, refused };
  const reason = `would also change ${strayed.join(", ")}`;
  const kept = accepted.filter((one) => !isShared(one));
  const left = accepted.filter(isShared).map(({ change, edit }) => ({ change, reason: `${fileOf(edit)} ${reason}` }));
  return withoutSideEffects({ ...draft, accepted: kept, refused: [...refused, ...left] });
}

/** Containers whose image changes without anybody having asked: `deployment/web (proxy)`. */
function strayedImages(before: BuiltFolder, after: BuiltFolder, changes: readonly WantedChange[]): string[] {
  const isWanted = (kind: string, name: string, container: string): boolean =>
    changes.some(
      (change) =>
        change.form === "image" &&
        change.object.kind === kind &&
        change.object.name === name &&
        change.container === container,
    );
  return after.objects.flatMap(({ object }, index) => {
    const earlier = before.objects[index]?.object;
    if (earlier === undefined || !JSON.stringify(object["spec"] ?? null).includes("image")) return [];
    const was = new Map(containersOf(earlier).map(({ name, image }) => [name, image]));
    const { kind, metadata } = object;
    return containersOf(object)
      .filter(({ name, image }) => was.get(name) !== image && !isWanted(kind, metadata.name, name))
      .map(({ name }) => `${kind.toLowerCase()}/${metadata.name} (${name})`);
  });
}

function imageOf(built: BuiltFolder, change: WantedChange): string | undefined {
  if (change.form !== "image") return undefined;
  const target = findBuilt(built, change.object);
  return target && containersOf(target.object).find(({ name }) => name === change.container)?.image;
}

function isBuilt(built: BuiltFolder, change: WantedChange): boolean {
  if (change.form === "image") {
    const image = imageOf(built, change);
    return image !== undefined && sameImage(image, change.image);
  }
  const annotations = findBuilt(built, change.object)?.object.metadata.annotations ?? {};
  return Object.entries(change.annotations).every(([key, value]) => (annotations[key] ?? null) === value);
}
