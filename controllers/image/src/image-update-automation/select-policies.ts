import { imageUpdateReasons, type ImagePolicy, type ImageRef, type ImageUpdateAutomation } from "@eddy/api";
import { matchesLabels, selectorOf, type LabelSelector, type Requirement } from "@eddy/core/labels";
import { compareText } from "@eddy/core/json";
import { StepError } from "@eddy/runtime/controller";

/** A policy that has chosen an image. */
export interface ReadyPolicy {
  readonly name: string;
  readonly namespace: string;
  readonly image: ImageRef;
}

/**
 * The policies of the automation's namespace that its selector matches and that have chosen an image, by name.
 * @throws StepError InvalidPolicySelector (terminal)
 */
export function selectPolicies(
  { metadata, spec }: ImageUpdateAutomation,
  policies: Iterable<ImagePolicy>,
): ReadyPolicy[] {
  const requirements = requirementsOf(spec.policySelector);
  const namespace = metadata.namespace ?? "";
  const ready: ReadyPolicy[] = [];
  for (const policy of policies) {
    const image = policy.status?.latestRef;
    if (image === undefined || policy.metadata.namespace !== namespace) continue;
    if (matchesLabels(requirements, policy.metadata.labels))
      ready.push({ name: policy.metadata.name, namespace, image });
  }
  return ready.sort((left, right) => compareText(left.name, right.name));
}

/** Source: apimachinery `LabelSelectorAsSelector`; its words. */
function requirementsOf(selector: LabelSelector | undefined): Requirement[] {
  for (const { operator, values = [] } of selector?.matchExpressions ?? []) {
    const isSet = operator === "In" || operator === "NotIn";
    if (!isSet && operator !== "Exists" && operator !== "DoesNotExist")
      throw invalid(`"${operator}" is not a valid label selector operator`);
    if (isSet && values.length === 0)
      throw invalid("values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty");
    if (!isSet && values.length > 0)
      throw invalid(
        `values: Invalid value: [${values.map((value) => JSON.stringify(value)).join(",")}]: values set must be empty for exists and does not exist`,
      );
  }
  return selectorOf(selector);
}

function invalid(detail: string): StepError {
  const message = `failed to parse policy selector: ${detail}`;
  return new StepError(imageUpdateReasons.invalidPolicySelector, message, { class: "terminal" });
}

/** What the status says of policies. */
export function observedPoliciesOf(policies: readonly ReadyPolicy[]): Record<string, ImageRef> {
  return Object.fromEntries(policies.map(({ name, image }) => [name, image]));
}

/** Whether a policy came, went, or chose another image since the last pass. */
export function policiesChanged(
  observed: Readonly<Record<string, ImageRef>> | undefined,
  policies: readonly ReadyPolicy[],
): boolean {
  const known = observed ?? {};
  if (Object.keys(known).length !== policies.length) return true;
  return policies.some(({ name, image }) => !isSameImage(Object.hasOwn(known, name) ? known[name] : undefined, image));
}

/** Whether two references are the same; no digest and an empty one are. */
export function isSameImage(left: ImageRef | undefined, right: ImageRef): boolean {
  return (
    left !== undefined &&
    left.name === right.name &&
    left.tag === right.tag &&
    (left.digest ?? "") === (right.digest ?? "")
  );
}
