/** Where the embedded server answers otherwise than kube-apiserver, and why. A case that passes must not be here. */
export interface KnownDifference {
  case: string;
  reason: string;
}

export const knownDifferences: readonly KnownDifference[] = [
  {
    case: "create minimal daemonset",
    reason:
      "rows of a table of DaemonSets carry the template generation annotation, which the original adds only to whole objects",
  },
];
