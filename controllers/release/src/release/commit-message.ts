import type { ReleaseSpec, WorkloadRelease } from "@eddy/api";

/** A sentence about one workload whose policies change, by what changes. */
const policyWords: readonly (readonly [word: string, isSet: boolean, sentence: string])[] = [
  ["automated", true, "Automated"],
  ["automated", false, "Deautomated"],
  ["locked", true, "Locked"],
  ["locked", false, "Unlocked"],
];

/**
 * The message of a commit, as Flux v1 words it. `changed`: what this commit changes. Pure. Source: fluxcd/flux pkg/update,
 * pkg/daemon `policyCommitMessage`; spec/flux1-keel-flagger.md 1.6.
 */
export function commitMessage(spec: ReleaseSpec, changed: readonly WorkloadRelease[]): string {
  const own = ownMessage(spec, changed);
  const message = spec.cause?.message;
  if (message === undefined || message === "") return own;
  // A release's message is the user's alone; of policies the user's comes first.
  return spec.policies ? `${message}\n\n${own}` : message;
}

function ownMessage(spec: ReleaseSpec, changed: readonly WorkloadRelease[]): string {
  if (spec.policies) return policyMessage(spec, changed);
  if (spec.containers) return containersMessage(changed);
  const what = spec.image ?? "all latest images";
  return `Release ${what} to ${spec.all ? "all workloads" : changed.map(({ id }) => id).join(", ")}`;
}

function policyMessage({ policies }: ReleaseSpec, changed: readonly WorkloadRelease[]): string {
  const isOn = (word: string): boolean => policies?.set?.[word] === "true";
  const isOff = (word: string): boolean => policies?.remove?.includes(word) === true;
  const sentence = policyWords.find(([word, isSet]) => (isSet ? isOn(word) : isOff(word)))?.[2] ?? "Updated policies";
  const [first] = changed;
  if (changed.length === 1 && first) return `${sentence}: ${first.id}`;
  return `Updated workload policies\n\n${changed.map(({ id }) => `- ${id}`).join("\n")}`;
}

function containersMessage(changed: readonly WorkloadRelease[]): string {
  const blocks = changed.map(
    ({ id, containers = [] }) => `${id}\n${containers.map(({ target }) => `- ${target}\n`).join("")}`,
  );
  return `Update image refs in ${changed.map(({ id }) => id).join(", ")}\n\n${blocks.join("\n")}`.trimEnd();
}

/** The message of an automated release: the images, by name and tag. Source: fluxcd/flux pkg/update/automated.go. */
export function automatedMessage(images: readonly string[]): string {
  const all = [...new Set(images)];
  if (all.length === 1) return `Auto-release ${all[0]}`;
  return `Auto-release multiple (${all.length}) images\n\n${all.map((image) => ` - ${image}`).join("\n")}`;
}
