/** Where the embedded server answers otherwise than kube-apiserver, and why. A case that passes must not be here. */
export interface KnownDifference {
  case: string;
  reason: string;
}

export const knownDifferences: readonly KnownDifference[] = [];
