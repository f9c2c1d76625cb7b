/** What a newcomer can do next, as lines of text. `sample`: the repository is Eddy's own, so that the edit is known to work. */
export function guideText(options: { repositoryUrl: string; kubeconfig: string; sample: boolean }): string {
  const { repositoryUrl, kubeconfig } = options;
  const edit = options.sample
    ? "sed -i.bak s/Hello/Welcome/ apps/web/base/index.html && rm apps/web/base/index.html.bak"
    : "edit a file";
  return `Repository   ${repositoryUrl}
Kubeconfig   ${kubeconfig}

Three things to try:

  1. Change something and push: it is in the cluster before git has said goodbye
       git clone ${repositoryUrl} /tmp/eddy-sample && cd /tmp/eddy-sample
       ${edit}
       git commit -am "Greet differently" && git push

  2. Look at what is there, with kubectl as you know it
       kubectl --kubeconfig ${kubeconfig} get kustomizations -A
       kubectl --kubeconfig ${kubeconfig} get deployments -A

  3. Roll back by moving the branch back
       git reset --hard HEAD~1 && git push --force

Ctrl-C stops; the next start finds all of it again. What happens from here on:
`;
}
