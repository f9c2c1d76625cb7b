/** Whose repository is followed: Eddy's own sample, a folder of the user's, or one somewhere else. */
export type RepositoryOrigin = "sample" | "local" | "remote";

/** What a newcomer can do next, as lines of text. Pure. */
export function guideText(options: {
  repositoryUrl: string;
  kubeconfig: string;
  origin: RepositoryOrigin;
  /** Where notifications are caught, if they are. */
  inboxUrl: string | undefined;
}): string {
  const { repositoryUrl, kubeconfig, origin, inboxUrl } = options;
  const eddy = "npx eddy --kubeconfig";
  return `Repository   ${repositoryUrl}
Kubeconfig   ${kubeconfig}
${inboxUrl === undefined ? "" : `Inbox        ${inboxUrl} (what Alerts send, as a page)\n`}
${origin === "sample" ? "Four" : "Three"} things to try:

${change(origin, repositoryUrl, `${eddy} ${kubeconfig}`)}

  2. Look at what is there, with kubectl as you know it
       kubectl --kubeconfig ${kubeconfig} get kustomizations -A
       kubectl --kubeconfig ${kubeconfig} get deployments -A

${rollBack(origin)}
${origin === "sample" ? pushImages(`${eddy} ${kubeconfig}`) : ""}
Ctrl-C stops; the next start finds all of it again. What happens from here on:
`;
}

function change(origin: RepositoryOrigin, repositoryUrl: string, eddy: string): string {
  if (origin === "local") return "  1. Change something and commit: what is committed is applied at once";
  if (origin === "remote")
    return `  1. Change something and push: it is seen within a minute, or at once when asked for
       ${eddy} reconcile source git flux-system`;
  return `  1. Change something and push: it is applied at once
       git clone ${repositoryUrl} /tmp/eddy-sample && cd /tmp/eddy-sample
       sed -i.bak s/Hello/Welcome/ apps/web/base/index.html && rm apps/web/base/index.html.bak
       git commit -am "Greet differently" && git push`;
}

function rollBack(origin: RepositoryOrigin): string {
  const command = origin === "sample" ? "git reset --hard HEAD~1 && git push --force" : "git revert --no-edit HEAD";
  return `  3. Roll back ${origin === "sample" ? "by moving the branch back" : "by a commit"}\n       ${command}`;
}

function pushImages(eddy: string): string {
  return `
  4. Push an image: one app follows it by itself, the other one asks first
       ${eddy} demo push-image tug:1.1.0
       ${eddy} demo push-image pilot:1.1.0
       ${eddy} -n staging approve deployment/pilot
`;
}
