import type { Clock } from "@eddy/core/clock";
import type { Explanation, Selection } from "@eddy/image-policy";
import type { KubeClient } from "@eddy/kube";

/** What an explanation is found with. */
export interface ExplainPorts {
  readonly kube: KubeClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What an ImagePolicy makes of the tags that the registry has now. */
export interface PolicyExplanation {
  /** As the ImageRepository spells it. */
  readonly image: string;
  /** Tags that the ImageRepository leaves out. */
  readonly excluded: number;
  readonly selection: Selection;
  /** First those that would do, best first, then the refused ones in the alphabet's order. */
  readonly explanations: readonly Explanation[];
}

/**
 * Asks the registry, with the login of the policy's ImageRepository and as whoever asks, and says of each tag why it is, or is
 * not, the latest.
 * @throws what the API server and the registry say; StepError in the words of the controllers; EddyError INVALID_IMAGE_POLICY
 */
export async function explainImagePolicy(
  policy: { namespace: string; name: string },
  ports: ExplainPorts,
): Promise<PolicyExplanation> {
  // A server that scans has no use for it.
  const { explainPolicy } = await import("./image-policy/explain.ts");
  return explainPolicy(policy, ports);
}
