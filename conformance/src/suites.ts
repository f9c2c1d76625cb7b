import type { Suite } from "./suite.ts";

/** Every suite by name, loaded when it is run. A new suite is one file and one line here. */
export const suites: Readonly<Record<string, () => Promise<Suite>>> = {
  "control-plane": async () => (await import("./control-plane.ts")).suite,
  "control-plane-fuzz": async () => (await import("./control-plane-fuzz.ts")).suite,
  envsubst: async () => (await import("./envsubst.ts")).suite,
  gotemplate: async () => (await import("./gotemplate.ts")).suite,
  goyaml: async () => (await import("./goyaml.ts")).suite,
  helm: async () => (await import("./helm.ts")).suite,
  install: async () => (await import("./install.ts")).suite,
  "bad-input": async () => (await import("./bad-input.ts")).suite,
  kinds: async () => (await import("./kinds.ts")).suite,
  kstatus: async () => (await import("./kstatus.ts")).suite,
  kustomize: async () => (await import("./kustomize.ts")).suite,
  "kustomize-fuzz": async () => (await import("./kustomize-fuzz.ts")).suite,
  "kustomize-golden": async () => (await import("./kustomize-golden.ts")).suite,
  kustomizations: async () => (await import("./kustomizations.ts")).suite,
  merge: async () => (await import("./merge.ts")).suite,
  schema: async () => (await import("./schema.ts")).suite,
  "git-repository": async () => (await import("./git-repository.ts")).suite,
  "remote-bases": async () => (await import("./remote-bases.ts")).suite,
  "repository-url": async () => (await import("./repository-url.ts")).suite,
  semver: async () => (await import("./semver.ts")).suite,
  sourceignore: async () => (await import("./sourceignore.ts")).suite,
  artifact: async () => (await import("./artifact.ts")).suite,
  takeover: async () => (await import("./takeover.ts")).suite,
  "end-to-end": async () => (await import("./end-to-end.ts")).suite,
};
