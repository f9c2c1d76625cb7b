/** Who does a step. `eddy` is Helm 4 where the sequence is done by Helm alone. */
export type Actor = "eddy" | "helm3" | "helm4" | "somebody";

/** One command, as typed behind `helm` or `eddy helm`; of `somebody` an object to apply, as JSON. */
export interface Step {
  by: Actor;
  words: string;
}

/** What is done to a release, by whom, one after the other. Chart words begin with `./`. */
export interface Sequence {
  name: string;
  steps: readonly Step[];
}

const by =
  (actor: Actor) =>
  (words: string): Step => ({ by: actor, words });
const eddy = by("eddy");
const helm3 = by("helm3");
const helm4 = by("helm4");
const somebody = (object: object): Step => ({ by: "somebody", words: JSON.stringify(object) });

const configMap = (name: string, data: Record<string, string>): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  data,
});

const reading = [
  "list",
  "list -o json",
  "list -o yaml",
  "list -q",
  "history web",
  "history web -o json",
  "history web --show-rollback-revision --max 2",
  "status web -o yaml",
  "get all web",
  "get values web",
  "get values web --all -o json",
  "get manifest web --revision 1",
  "get hooks web",
  "get notes web",
  "get metadata web --revision 1",
  "get metadata web --revision 1 -o json",
];

/** Every sequence. */
export const sequences: readonly Sequence[] = [
  {
    name: "Eddy installs, Helm goes on",
    steps: [
      eddy("install web ./web --set text=one,nested.keep=false"),
      helm4("upgrade web ./web-2 --reuse-values --set replicas=2"),
      helm4("rollback web 1"),
      helm4("uninstall web --keep-history"),
      helm4("rollback web 2"),
      helm4("uninstall web"),
      helm4("list --all-namespaces -o json -f ^web$ --failed"),
    ],
  },
  {
    name: "Helm 4 installs, Eddy goes on",
    steps: [
      helm4("install web ./web --set text=one,nested.keep=false"),
      eddy("upgrade web ./web-2 --reuse-values --set replicas=2"),
      eddy("rollback web 1"),
      eddy("uninstall web --keep-history"),
      eddy("rollback web 2"),
      eddy("get manifest web --revision 3"),
    ],
  },
  {
    name: "Helm 3 installs, Eddy goes on",
    steps: [
      helm3("install web ./web --set text=one,nested.keep=false"),
      eddy("upgrade web ./web-2 --set replicas=2"),
      eddy("rollback web 1"),
      eddy("upgrade web ./web --server-side=true"),
      eddy("history web"),
      helm3("history web -o json"),
    ],
  },
  {
    name: "three hands in turn",
    steps: [
      eddy("install web ./web --set text=eddy"),
      helm3("upgrade web ./web --set text=three"),
      helm4("upgrade web ./web-2 --set text=four"),
      eddy("rollback web 2"),
      helm3("rollback web 1"),
      helm4("upgrade web ./web-2 --reset-then-reuse-values"),
      eddy("upgrade web ./web --server-side=true --force-conflicts --description mine"),
      helm3("history web"),
      eddy("uninstall web --keep-history"),
      helm3("list --all -o json"),
      helm4("upgrade --install web ./web"),
    ],
  },
  {
    name: "what is printed",
    steps: [
      eddy("install web ./web --set text=one,replicas=0 --labels team=a,part=b"),
      eddy("upgrade web ./web-2 --labels part=null,new=c"),
      eddy("rollback web 1"),
      ...reading.map(eddy),
    ],
  },
  {
    name: "client-side apply",
    steps: [
      eddy("install web ./web --server-side=false"),
      somebody(configMap("web-config", { mine: "1", text: "mine" })),
      eddy("upgrade web ./web --set ports[0].name=http,ports[0].port=81"),
      eddy("upgrade web ./web-2 --set image=example.org/app:2"),
      eddy("upgrade web ./web --force-replace --set text=replaced"),
      eddy("rollback web 2"),
      eddy("rollback web --server-side=true"),
    ],
  },
  {
    name: "values that are reused",
    steps: [
      eddy("install web ./web --set text=one,nested.list={7}"),
      eddy("upgrade web ./web-2"),
      eddy("upgrade web ./web-2 --reuse-values --set replicas=3"),
      eddy("upgrade web ./web-2 --reset-then-reuse-values --set nested=null"),
      eddy("upgrade web ./web-2 --reset-values"),
      eddy("upgrade web ./web-2 --set-string text=0123 --set-json nested.list=[1.5,null] --set-literal image=a,b"),
      eddy("get values web --all"),
    ],
  },
  {
    name: "an upgrade that the server refuses",
    steps: [
      eddy("install web ./web"),
      eddy("upgrade web ./web-2 --set ports[0].port=0"),
      helm4("upgrade web ./web-2 --set ports[0].port=0 --cleanup-on-fail"),
      eddy("upgrade web ./web-2 --set ports[0].port=0 --cleanup-on-fail"),
      eddy("history web -o json"),
      eddy("rollback web 1"),
      eddy("upgrade web ./web-2"),
      helm4("history web -o json"),
    ],
  },
  {
    name: "rolled back on failure",
    steps: [
      eddy("install web ./web --rollback-on-failure --set ports[0].port=0"),
      eddy("history web"),
      eddy("install web ./web --rollback-on-failure"),
      eddy("upgrade web ./web-2 --rollback-on-failure --set ports[0].port=0 --cleanup-on-fail"),
      helm3("history web -o json"),
      eddy("upgrade web ./web-2 --rollback-on-failure --wait --timeout 3s --set image=example.org/app:stuck"),
      helm4("history web -o json"),
    ],
  },
  {
    name: "waiting",
    steps: [
      eddy("install web ./web --wait"),
      eddy("upgrade web ./web-2 --wait --timeout 3s --set image=example.org/app:stuck"),
      eddy("upgrade web ./web-2 --wait=legacy --wait-for-jobs"),
      eddy("rollback web 1 --wait"),
      eddy("uninstall web --wait --cascade foreground"),
    ],
  },
  {
    name: "hooks",
    steps: [
      eddy("install web ./hooks"),
      helm4("upgrade web ./hooks --set text=two"),
      eddy("upgrade web ./hooks --set text=three"),
      eddy("rollback web 1"),
      eddy("upgrade web ./hooks --set text=four --no-hooks"),
      eddy("upgrade web ./hooks --set hookImage=crash"),
      eddy("get hooks web"),
      eddy("uninstall web --keep-history"),
    ],
  },
  {
    name: "a hook that fails before anything is there",
    steps: [
      eddy("install web ./hooks --set hookImage=crash"),
      helm4("history web -o json"),
      eddy("upgrade web ./hooks"),
      eddy("history web -o json"),
      eddy("uninstall web"),
    ],
  },
  {
    name: "tests",
    steps: [
      eddy("install web ./tests"),
      eddy("test web --filter name=web-good"),
      eddy("test web --filter !name=web-bad"),
      eddy("test web"),
      helm4("get all web"),
    ],
  },
  {
    name: "definitions",
    steps: [
      eddy("install web ./crds"),
      eddy("upgrade web ./crds --set text=two"),
      eddy("upgrade web ./crds --set text=three --server-side=false"),
      eddy("upgrade web ./crds --set text=four --server-side=false"),
      helm4("rollback web 2"),
      eddy("uninstall web"),
    ],
  },
  {
    name: "definitions, and what they define",
    steps: [
      eddy("install web ./crds"),
      eddy("upgrade web ./crds --set text=two"),
      eddy("upgrade web ./crds --set text=three --server-side=false"),
      eddy("upgrade web ./crds --set text=four --server-side=false"),
    ],
  },
  {
    name: "objects of somebody else",
    steps: [
      somebody(configMap("web-config", { mine: "1" })),
      eddy("install web ./web"),
      eddy("install web ./web --take-ownership"),
      somebody(configMap("web-new", { mine: "1" })),
      eddy("upgrade web ./web-2"),
      eddy("upgrade web ./web-2 --take-ownership --server-side=false"),
      somebody(configMap("web-config", { text: "stolen" })),
      eddy("upgrade web ./web-2 --server-side=true --set text=mine"),
      eddy("upgrade web ./web-2 --server-side=true --set text=mine --force-conflicts"),
      eddy("uninstall web"),
    ],
  },
  {
    name: "names, revisions and words that are refused",
    steps: [
      eddy("install Web ./web"),
      eddy("upgrade web ./web"),
      eddy("rollback web 3"),
      eddy("uninstall web"),
      eddy("status web"),
      eddy("history web"),
      eddy("install web ./web"),
      eddy("install web ./web"),
      eddy("rollback web 9"),
      eddy("rollback web"),
      eddy("upgrade web ./web --labels owner=me"),
      eddy("upgrade web ./web --force-conflicts --server-side=false"),
      eddy("uninstall web --cascade sometimes"),
      eddy("uninstall web --keep-history"),
      eddy("uninstall web --keep-history"),
      eddy("install web ./web"),
      eddy("install web ./web --replace"),
      eddy("uninstall web --ignore-not-found"),
      eddy("uninstall web --ignore-not-found"),
    ],
  },
  {
    name: "history that is limited",
    steps: [
      eddy("install web ./web"),
      ...["a", "b", "c"].map((text) => eddy(`upgrade web ./web --set text=${text} --history-max 3`)),
      eddy("rollback web 3 --history-max 2"),
      helm4("history web -o json"),
    ],
  },
  {
    name: "dry-runs",
    steps: [
      eddy("install web ./hooks --dry-run=client"),
      eddy("install web ./hooks --dry-run=server --hide-secret"),
      eddy("install web ./web"),
      eddy("upgrade web ./web-2 --dry-run=server --set text=dry"),
      eddy("rollback web 1 --dry-run=server"),
      eddy("uninstall web --dry-run"),
      eddy("history web -o json"),
    ],
  },
  {
    name: "small and nested charts",
    steps: [
      eddy("install web ./minimal"),
      eddy("upgrade web ./parent"),
      eddy("upgrade web ./parent --set child.enabled=false"),
      eddy("upgrade web ./parent --set text=1"),
      eddy("status web -o json"),
      helm4("rollback web 2"),
    ],
  },
  {
    name: "a namespace that is not there",
    steps: [
      eddy("install web ./web -n NAMESPACE-new --create-namespace"),
      eddy("install other ./web -n NAMESPACE-none"),
      helm4("uninstall web -n NAMESPACE-new"),
    ],
  },
];
