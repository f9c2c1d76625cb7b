/** Cases that are known to differ, with the reason. */
export const kustomizeSkips: ReadonlyMap<string, string> = new Map<string, string>([
  [
    "argoproj+argo-cd/test/e2e/testdata2/guestbook-symlink-files",
    "both refuse: of a kustomization that is a link to elsewhere ours says that it leads out, upstream that there is none",
  ],
]);
