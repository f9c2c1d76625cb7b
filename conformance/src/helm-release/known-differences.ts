/** Where ours differs on purpose. One of these that is equal fails the run. */
export const knownDifferences: readonly { case: string; reason: string }[] = [
  {
    case: "values that are reused: leaves Secret sh.helm.release.v1.web.v3",
    reason:
      "helm writes a null of --reset-then-reuse-values into the record of the revision before; ours stays as it was",
  },
];
