import { createdCases } from "./created-cases.ts";

/** One command line that both run, one after the other, over the same objects. */
export interface VerbCase {
  words: string;
  /** What is compared beside the exit code. */
  compare: "stdout" | "both";
  /** What Eddy does otherwise, and why. */
  differs?: string;
  /** Why Eddy's lines stand in another order; they are compared without theirs. */
  order?: string;
  /** Lines of Eddy alone, where lines are compared without their order. */
  added?: RegExp;
}

const kinds = ["source git", "kustomization", "alert", "alert-provider", "receiver"];
const plurals = ["sources git", "kustomizations", "alerts", "alert-providers", "receivers"];
const first: Readonly<Record<string, string>> = {
  "source git": "repo",
  kustomization: "app",
  alert: "all",
  "alert-provider": "chat",
  receiver: "hook",
};

const both = (words: string, differs?: string): VerbCase => ({
  words,
  compare: "both",
  ...(differs ? { differs } : {}),
});

const git = "create source git app-x --url https://example.com/a.git";
const ks = "create kustomization app-x --source GitRepository/repo --path ./a";
const receiver = "create receiver app-x --type github --secret-ref token --resource GitRepository/repo";
const alert = "create alert app-x --provider-ref chat --event-source Kustomization/*";
const provider = "create alert-provider app-x --type slack";

/** Manifests that `create` prints, and what it refuses. */
const created: readonly string[] = [
  `${git} --branch main`,
  `${git} --tag v1 --interval 5m --label a=b,c=d`,
  `${git} --tag-semver >=1.0.0`,
  `${git} --branch main --secret-ref auth --proxy-secret-ref proxy --recurse-submodules --timeout 3m`,
  `${git} --commit 696f056d --branch main --ignore-paths a,b --provider azure`,
  `${git} --ref-name refs/heads/main --sparse-checkout-paths a,b`,
  "create source git app-x --branch main",
  "create source git --url https://example.com/a.git --branch main",
  "create source git X_y --url https://example.com/a.git --branch main",
  "create source git app-x --url ftp://example.com/a.git --branch main",
  ks,
  `${ks} --prune --interval 10m --wait --health-check-timeout 3m --retry-interval 30s`,
  `${ks} --depends-on a,other/b --service-account sa --target-namespace t --decryption-provider sops --decryption-secret keys`,
  `${ks} --health-check Deployment/web.apps,StatefulSet/db.apps --kubeconfig-secret-ref kc`,
  "create kustomization app-x --source OCIRepository/a.other --path a",
  "create kustomization app-x --source Bucket/a",
  "create kustomization app-x",
  "create kustomization --source GitRepository/a",
  alert,
  `${alert} --event-severity error --label a=b --event-source GitRepository/repo,Kustomization/app`,
  "create alert app-x --event-source Kustomization/*",
  "create alert app-x --provider-ref chat",
  "create alert app-x --provider-ref chat --event-source nothing",
  `${alert} --event-severity loud`,
  provider,
  `${provider} --channel ops --username bot --address https://hooks.slack.com/x --secret-ref s`,
  "create alert-provider app-x",
  receiver,
  `${receiver} --event ping,push --label a=b`,
  "create receiver app-x --secret-ref token --resource GitRepository/repo",
  "create receiver app-x --type github --resource GitRepository/repo",
  "create receiver app-x --type github --secret-ref token",
];

/** What is refused in other words. */
const refused: readonly string[] = [
  `${git} --provider nobody --branch main`,
  "create kustomization app-x --source Deployment/a",
  `${ks} --decryption-provider pgp`,
  `${ks} --health-check web`,
  "create receiver app-x --type nobody --secret-ref token --resource GitRepository/repo",
];

const reordered = (words: string): VerbCase => ({ ...both(words), order });
// Kinds that flux does not count.
const added = /^(?:ExternalArtifact|ArtifactGenerator|Approval|Release) .*\n/gm;
const order = "kinds stand in one order everywhere in Eddy; flux has one for each command";

/** Every case; those that change something stand behind those that only look. */
export const verbCases: readonly VerbCase[] = [
  ...created.map((words) => both(`${words} --export`)),
  ...createdCases.map(({ words, differs }) => both(words, differs)),
  both(`${ks} --validation client --export`, "flux says between the lines of YAML that the flag is deprecated"),
  // Flux says on stderr that it generates what it prints, of charts alone.
  {
    words: "create source chart app-x --source HelmRepository/repo --chart app --fetch-timeout 2m --export",
    compare: "stdout",
  },
  ...refused.map((words): VerbCase => ({ words: `${words} --export`, compare: "stdout" })),
  ...plurals.flatMap((kind) => [
    both(`get ${kind}`),
    both(`get ${kind} -A`),
    both(`get ${kind} --no-header`),
    both(`get ${kind} none`),
  ]),
  ...kinds.map((kind) => both(`get ${kind} ${first[kind]}`)),
  reordered("get all"),
  reordered("get all -A"),
  both("get kustomizations -n default"),
  both("get kustomizations --status-selector ready=false"),
  both("get kustomizations --status-selector wrong"),
  both("get kustomizations -l team=a"),
  both("get sources all"),
  both("get kustomizations --show-source"),
  ...kinds.flatMap((kind) => [
    both(`export ${kind} ${first[kind]}`),
    both(`export ${kind} --all`),
    both(`export ${kind}`),
    both(`export ${kind} none`),
  ]),
  both("export source git repo --with-credentials"),
  both("tree kustomization app"),
  both("tree kustomization app --compact"),
  both("tree kustomization app -o json"),
  both("tree kustomization app -o yaml"),
  both("tree kustomization none"),
  both("tree kustomization"),
  both("trace deployment web"),
  both("trace web --kind Deployment --api-version apps/v1"),
  both("trace web --kind deployment --api-version apps/v1", "the kind is printed as the server writes it"),
  both("trace configmap/config"),
  both("trace configmap stranger", "what could not be traced is told on stderr"),
  { words: "trace configmap none", compare: "stdout" },
  both("trace"),
  { ...reordered("stats"), added },
  { ...reordered("stats -A"), added },
  both("events"),
  both("events -A"),
  both("events --for Kustomization/app"),
  both("events --for GitRepository/repo"),
  both("events --for Kustomization/none"),
  both("events --types Warning"),
  both("events --types Wrong"),
  both("debug kustomization app --show-status"),
  both("debug kustomization app"),
  both("version --client -o json", "Eddy is not flux"),
  both("create tenant dev --with-namespace apps,other"),
  both("create tenant dev --with-namespace apps,other"),
  both("create tenant dev --with-namespace other --cluster-role view --label a=b"),
  both("create tenant dev --with-namespace absent --skip-namespace"),
  ...kinds.flatMap((kind) => [
    both(`suspend ${kind} none`),
    both(`suspend ${kind}`),
    both(`suspend ${kind} ${first[kind]}`),
  ]),
  ...kinds.map((kind) => both(`get ${plurals[kinds.indexOf(kind)]}`)),
  both("reconcile kustomization app"),
  both("reconcile source git none"),
  both("reconcile source git"),
  both("reconcile alert all", "flux prints the help of reconcile"),
  both("resume kustomization none"),
  both("suspend kustomization fresh none"),
  both("suspend kustomization --all -n default"),
  both("resume kustomization --all -n default"),
  both("resume kustomization none fresh none"),
  both("resume kustomization fresh none", "flux says of the first name that it is not there"),
  both("resume kustomization"),
  both("resume alert all"),
  both("resume alert-provider chat"),
  both("delete kustomization none --silent"),
  both("delete kustomization"),
];
