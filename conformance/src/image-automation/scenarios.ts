import type { ImageRef, ImageUpdateAutomationSpec } from "@eddy/api";

/** What an automation meets. `{ns}` in files stands for the namespace. */
export interface UpdateScenario {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly policies: Readonly<Record<string, ImageRef>>;
  readonly spec?: Partial<ImageUpdateAutomationSpec>;
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Images that policies choose once the first state was compared. */
  readonly next?: Readonly<Record<string, ImageRef>>;
  /** What a person commits before `next` is chosen, or instead. */
  readonly commit?: Readonly<Record<string, string>>;
  /** A `pre-receive` hook of the repository. */
  readonly hook?: string;
  /** Ready is to become False. */
  readonly fails?: boolean;
  /** Why ours differs. */
  readonly differs?: string;
}

const author = { name: "Bot", email: "bot@example.org" };
const podinfo = (tag: string, digest?: string): ImageRef => ({
  name: "ghcr.io/org/podinfo",
  tag,
  ...(digest === undefined ? {} : { digest }),
});
const deployment = (tag: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: podinfo
  namespace: apps
spec:
  template:
    spec:
      containers:
      - name: app # the app
        image: ghcr.io/org/podinfo:${tag} # {"$imagepolicy": "{ns}:podinfo"}
      - name: other
        image: example.org/other:1
`;
const release = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: web
spec:
  values:
    image:
      repository: old # {"$imagepolicy": "{ns}:podinfo:name"}
      tag: 1.0.0 # {"$imagepolicy": "{ns}:podinfo:tag"}
      digest: "" # {"$imagepolicy": "{ns}:podinfo:digest"}
`;
const files = { "app/deploy.yaml": deployment("6.0.0"), "README.md": "x\n" };
const policies = { podinfo: podinfo("6.1.0") };
const template = `Automated

Object: {{ .AutomationObject }}
{{ range $filename, $_ := .Changed.FileChanges -}}
File {{ $filename }}
{{ end -}}
{{ range $resource, $changes := .Changed.Objects -}}
- {{ $resource.Kind }} {{ $resource.Name }} {{ $resource.Namespace }}
{{- range $_, $change := $changes }}
    {{ $change.OldValue }} -> {{ $change.NewValue }} ({{ $change.Setter | trunc -12 }})
{{- end }}
{{ end -}}
{{ range .Changed.Changes }}{{ print .OldValue }} to {{ println .NewValue }}{{ end }}
{{ index .Values "cluster" | upper }}`;
const withTemplate = (messageTemplate: string): Partial<ImageUpdateAutomationSpec> => ({
  git: { commit: { author, messageTemplate, messageTemplateValues: { cluster: "prod" } } },
});

/** Every scenario, told to both. */
export const scenarios: readonly UpdateScenario[] = [
  { name: "nothing to do", files, policies: { podinfo: podinfo("6.0.0") } },
  { name: "a new image, and another one", files, policies, next: { podinfo: podinfo("6.2.0") } },
  { name: "no policy has chosen yet", files, policies: {}, next: policies },
  { name: "a digest", files, policies: { podinfo: podinfo("6.1.0", `sha256:${"ab".repeat(32)}`) } },
  {
    name: "parts among values",
    files: { "hr.yaml": release, ...files },
    policies: { podinfo: podinfo("1.10", `sha256:${"ab".repeat(32)}`) },
  },
  {
    name: "several objects in one file, CRLF elsewhere",
    files: { "all.yml": `${deployment("1")}---\n${deployment("2").replace("name: podinfo\n", "name: second\n")}` },
    policies,
  },
  { name: "a message template", files, policies, spec: withTemplate(template) },
  {
    name: "a template that prints what is not there",
    files,
    policies,
    spec: withTemplate("{{ .Values.none }}|{{ .Changed.FileChanges.none }}"),
  },
  { name: "the removed field Updated", files, policies, spec: withTemplate("{{ .Updated.Images }}"), fails: true },
  {
    name: "the removed field ImageResult",
    files,
    policies,
    spec: withTemplate("{{ .Changed.ImageResult }}"),
    fails: true,
  },
  { name: "a field that never was", files, policies, spec: withTemplate("{{ .Nothing }}"), fails: true },
  { name: "a template that does not parse", files, policies, spec: withTemplate("{{ range }}"), fails: true },
  { name: "a function that is not hermetic", files, policies, spec: withTemplate("{{ now }}"), fails: true },
  { name: "a template that fails", files, policies, spec: withTemplate('{{ fail "no" }}'), fails: true },
  {
    name: "another branch",
    files,
    policies,
    spec: { git: { commit: { author }, push: { branch: "updates" } } },
    next: { podinfo: podinfo("6.2.0") },
  },
  {
    name: "another ref too",
    files,
    policies,
    spec: { git: { commit: { author }, push: { branch: "updates", refspec: "refs/heads/updates:refs/heads/review" } } },
  },
  {
    name: "a folder",
    files: { ...files, "other/deploy.yaml": deployment("5.0.0") },
    policies,
    spec: { update: { strategy: "Setters", path: "./app" } },
  },
  { name: "a folder outside", files, policies, spec: { update: { strategy: "Setters", path: "../../app" } } },
  {
    name: "a selector",
    files: { "a.yaml": deployment("1"), "b.yaml": deployment("1").replace("{ns}:podinfo", "{ns}:other") },
    policies: { ...policies, other: podinfo("9.0.0") },
    spec: { policySelector: { matchLabels: { app: "other" } } },
  },
  {
    name: "a selector that is none",
    files,
    policies,
    spec: { policySelector: { matchExpressions: [{ key: "a", operator: "Is", values: ["b"] }] } },
    fails: true,
  },
  {
    name: "a selector without values",
    files,
    policies,
    spec: { policySelector: { matchExpressions: [{ key: "a", operator: "In", values: [] }] } },
    fails: true,
  },
  {
    name: "a file that is no YAML",
    files: { ...files, "bad.yaml": `a: [ # {"$imagepolicy": "{ns}:podinfo"}\n` },
    policies,
  },
  { name: "an unknown policy", files: { "a.yaml": deployment("1").replace("{ns}:podinfo", "{ns}:none") }, policies },
  { name: "suspended", files, policies, spec: { suspend: true } },
  { name: "no repository", files, policies, spec: { sourceRef: { kind: "GitRepository", name: "none" } }, fails: true },
  {
    name: "a repository elsewhere",
    files,
    policies,
    spec: { sourceRef: { kind: "GitRepository", name: "app", namespace: "default" } },
    fails: true,
  },
  { name: "no settings for Git", files, policies, spec: { git: null as never }, fails: true },
  {
    name: "nowhere to push",
    files,
    policies,
    spec: { git: { checkout: { ref: { tag: "v1" } }, commit: { author } } },
    fails: true,
  },
  {
    name: "no such branch",
    files,
    policies,
    spec: { git: { checkout: { ref: { branch: "none" } }, commit: { author } } },
    fails: true,
  },
  { name: "no such folder", files, policies, spec: { update: { strategy: "Setters", path: "./none" } }, fails: true },
  {
    name: "a protected branch",
    files,
    policies,
    hook: "echo protected >&2; exit 1",
    fails: true,
    differs: "what the hook said is told too",
  },
  {
    name: "no Secret with the signing key",
    files,
    policies,
    spec: { git: { commit: { author, signingKey: { secretRef: { name: "none" } } } } },
    fails: true,
  },
  {
    name: "a Secret without the signing key",
    files,
    policies,
    secrets: { sign: { other: "x" } },
    spec: { git: { commit: { author, signingKey: { secretRef: { name: "sign" } } } } },
    fails: true,
  },
  {
    name: "a Secret without the SSH key",
    files,
    policies,
    secrets: { sign: { other: "x" } },
    spec: { git: { commit: { author, signingKey: { type: "ssh", secretRef: { name: "sign" } } } } },
    fails: true,
  },
  {
    name: "a signing key that is none",
    files,
    policies,
    secrets: { sign: { "git.asc": "x" } },
    spec: { git: { commit: { author, signingKey: { secretRef: { name: "sign" } } } } },
    fails: true,
    differs: "the libraries word it differently",
  },
  { name: "a person's commit", files, policies, commit: { "README.md": "y\n" }, next: { podinfo: podinfo("6.2.0") } },
  {
    name: "a person's revert",
    files,
    policies,
    commit: { "app/deploy.yaml": deployment("6.0.0") },
    differs: "a revert by hand is left alone; upstream writes over it",
  },
];
