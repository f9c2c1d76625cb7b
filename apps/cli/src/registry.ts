import type { Command } from "./command/define-command.ts";
import { fluxctlEntries } from "./fluxctl-entries.ts";

/** A command that is loaded when it is called. */
export interface RegistryEntry {
  path: readonly string[];
  /** One line, for the list of commands: the command's own `summary` is for its help. */
  summary: string;
  load(): Promise<Command>;
}

/** Every command, in the order of the help. A new command is one line here. */
export const registry: readonly RegistryEntry[] = [
  {
    path: ["up"],
    summary: "Start everything on this machine: cluster, repository and controllers",
    load: async () => (await import("./commands/up.ts")).upCommand,
  },
  {
    path: ["server"],
    summary: "Run the controllers against a cluster",
    load: async () => (await import("./commands/server.ts")).serverCommand,
  },
  {
    path: ["control-plane"],
    summary: "Run only the embedded Kubernetes API server",
    load: async () => (await import("./commands/control-plane.ts")).controlPlaneCommand,
  },
  {
    path: ["install"],
    summary: "Install Eddy in a cluster",
    load: async () => (await import("./commands/install.ts")).installCommand,
  },
  {
    path: ["check"],
    summary: "Check requirements and installation",
    load: async () => (await import("./commands/check.ts")).checkCommand,
  },
  {
    path: ["create"],
    summary: "Create or update sources and resources",
    load: async () => (await import("./commands/create.ts")).createCommand,
  },
  {
    path: ["create", "secret", "git"],
    summary: "Create or update a Kubernetes secret for Git authentication",
    load: async () => (await import("./commands/create-secret/git.ts")).createSecretGitCommand,
  },
  {
    path: ["create", "secret", "githubapp"],
    summary: "Create or update a github app secret",
    load: async () => (await import("./commands/create-secret/github-app.ts")).createSecretGitHubAppCommand,
  },
  {
    path: ["create", "secret", "helm"],
    summary: "Create or update a Kubernetes secret for Helm repository authentication",
    load: async () => (await import("./commands/create-secret/helm.ts")).createSecretHelmCommand,
  },
  {
    path: ["create", "secret", "proxy"],
    summary: "Create or update a Kubernetes secret for proxy authentication",
    load: async () => (await import("./commands/create-secret/proxy.ts")).createSecretProxyCommand,
  },
  {
    path: ["create", "secret", "tls"],
    summary: "Create or update a Kubernetes secret with TLS certificates",
    load: async () => (await import("./commands/create-secret/tls.ts")).createSecretTlsCommand,
  },
  {
    path: ["create", "secret", "notation"],
    summary: "Create or update a Kubernetes secret for verifications of artifacts signed by Notation",
    load: async () => (await import("./commands/create-secret/notation.ts")).createSecretNotationCommand,
  },
  {
    path: ["create", "secret", "oci"],
    summary: "Create or update a Kubernetes image pull secret",
    load: async () => (await import("./commands/create-secret/oci.ts")).createSecretOciCommand,
  },
  {
    path: ["create", "secret", "receiver"],
    summary: "Create or update a Kubernetes secret for a Receiver webhook",
    load: async () => (await import("./commands/create-secret/receiver.ts")).createSecretReceiverCommand,
  },
  {
    path: ["create", "tenant"],
    summary: "Create or update a tenant",
    load: async () => (await import("./commands/create-tenant.ts")).createTenantCommand,
  },
  {
    path: ["explain", "image", "policy"],
    summary: "Say of each tag why an ImagePolicy selects it, or does not",
    load: async () => (await import("./commands/explain-image-policy.ts")).explainImagePolicyCommand,
  },
  {
    path: ["trigger", "receiver"],
    summary: "Trigger the webhook of a Receiver",
    load: async () => (await import("./commands/trigger-receiver.ts")).triggerReceiverCommand,
  },
  {
    path: ["get"],
    summary: "Get the resources and their status",
    load: async () => (await import("./commands/get.ts")).getCommand,
  },
  {
    path: ["reconcile"],
    summary: "Reconcile sources and resources",
    load: async () => (await import("./commands/reconcile.ts")).reconcileCommand,
  },
  {
    path: ["suspend"],
    summary: "Suspend resources",
    load: async () => (await import("./commands/suspend.ts")).suspendCommand,
  },
  {
    path: ["resume"],
    summary: "Resume suspended resources",
    load: async () => (await import("./commands/resume.ts")).resumeCommand,
  },
  {
    path: ["demo", "push-image"],
    summary: "Push an image to the registry beside eddy up",
    load: async () => (await import("./commands/demo-push-image.ts")).demoPushImageCommand,
  },
  {
    path: ["approve"],
    summary: "Approve changes that wait for votes",
    load: async () => (await import("./commands/vote.ts")).approveCommand,
  },
  {
    path: ["reject"],
    summary: "Reject changes that wait for votes",
    load: async () => (await import("./commands/vote.ts")).rejectCommand,
  },
  {
    path: ["delete"],
    summary: "Delete sources and resources",
    load: async () => (await import("./commands/delete.ts")).deleteCommand,
  },
  {
    path: ["export"],
    summary: "Export resources in YAML format",
    load: async () => (await import("./commands/export.ts")).exportCommand,
  },
  {
    path: ["migrate"],
    summary: "Migrate the Flux custom resources to their latest API version",
    load: async () => (await import("./commands/migrate.ts")).migrateCommand,
  },
  {
    path: ["migrate", "flux-v1"],
    summary: "Migrate a Flux v1 repository to Flux v2 objects",
    load: async () => (await import("./commands/migrate-flux-v1.ts")).migrateFluxV1Command,
  },
  {
    path: ["secret", "encrypt"],
    summary: "Encrypt a file with SOPS",
    load: async () => (await import("./commands/secret/encrypt.ts")).secretEncryptCommand,
  },
  {
    path: ["secret", "decrypt"],
    summary: "Decrypt a file that was encrypted with SOPS",
    load: async () => (await import("./commands/secret/decrypt.ts")).secretDecryptCommand,
  },
  {
    path: ["secret", "edit"],
    summary: "Edit an encrypted file in your editor",
    load: async () => (await import("./commands/secret/edit.ts")).secretEditCommand,
  },
  {
    path: ["secret", "rotate"],
    summary: "Encrypt a file again with a new data key",
    load: async () => (await import("./commands/secret/rotate.ts")).secretRotateCommand,
  },
  {
    path: ["build"],
    summary: "Build a Kustomization or an artifact",
    load: async () => (await import("./commands/build-kustomization.ts")).buildKustomizationCommand,
  },
  {
    path: ["diff"],
    summary: "Diff a Kustomization or an artifact",
    load: async () => (await import("./commands/diff-kustomization.ts")).diffKustomizationCommand,
  },
  {
    path: ["build", "artifact"],
    summary: "Build artifact",
    load: async () => (await import("./commands/artifact/build.ts")).buildArtifactCommand,
  },
  {
    path: ["push", "artifact"],
    summary: "Push artifact",
    load: async () => (await import("./commands/artifact/push.ts")).pushArtifactCommand,
  },
  {
    path: ["pull", "artifact"],
    summary: "Pull artifact",
    load: async () => (await import("./commands/artifact/pull.ts")).pullArtifactCommand,
  },
  {
    path: ["tag", "artifact"],
    summary: "Tag artifact",
    load: async () => (await import("./commands/artifact/tag.ts")).tagArtifactCommand,
  },
  {
    path: ["list", "artifacts"],
    summary: "List artifacts",
    load: async () => (await import("./commands/artifact/list.ts")).listArtifactsCommand,
  },
  {
    path: ["diff", "artifact"],
    summary: "Diff artifact",
    load: async () => (await import("./commands/artifact/diff.ts")).diffArtifactCommand,
  },
  {
    path: ["events"],
    summary: "Display Kubernetes events for Flux resources",
    load: async () => (await import("./commands/events.ts")).eventsCommand,
  },
  {
    path: ["logs"],
    summary: "Display formatted logs for Flux components",
    load: async () => (await import("./commands/logs.ts")).logsCommand,
  },
  {
    path: ["tree"],
    summary: "Print the resources reconciled by Flux",
    load: async () => (await import("./commands/tree.ts")).treeCommand,
  },
  {
    path: ["debug"],
    summary: "Debug a resource",
    load: async () => (await import("./commands/debug.ts")).debugCommand,
  },
  {
    path: ["kustomize", "build"],
    summary: "Build a kustomization target from a directory",
    load: async () => (await import("./commands/kustomize-build.ts")).kustomizeBuildCommand,
  },
  {
    path: ["helm", "install"],
    summary: "Install a chart",
    load: async () => (await import("./commands/helm/install.ts")).helmInstallCommand,
  },
  {
    path: ["helm", "upgrade"],
    summary: "Upgrade a release",
    load: async () => (await import("./commands/helm/upgrade.ts")).helmUpgradeCommand,
  },
  {
    path: ["helm", "rollback"],
    summary: "Roll back a release to a previous revision",
    load: async () => (await import("./commands/helm/rollback.ts")).helmRollbackCommand,
  },
  {
    path: ["helm", "uninstall"],
    summary: "Uninstall releases",
    load: async () => (await import("./commands/helm/uninstall.ts")).helmUninstallCommand,
  },
  {
    path: ["helm", "list"],
    summary: "List releases",
    load: async () => (await import("./commands/helm/list.ts")).helmListCommand,
  },
  {
    path: ["helm", "history"],
    summary: "Fetch release history",
    load: async () => (await import("./commands/helm/history.ts")).helmHistoryCommand,
  },
  {
    path: ["helm", "status"],
    summary: "Display the status of the named release",
    load: async () => (await import("./commands/helm/status.ts")).helmStatusCommand,
  },
  {
    path: ["helm", "test"],
    summary: "Run tests for a release",
    load: async () => (await import("./commands/helm/test.ts")).helmTestCommand,
  },
  {
    path: ["helm", "get", "all"],
    summary: "Download all information for a named release",
    load: async () => (await import("./commands/helm/get.ts")).helmGetAllCommand,
  },
  {
    path: ["helm", "get", "values"],
    summary: "Download the values file for a named release",
    load: async () => (await import("./commands/helm/get.ts")).helmGetValuesCommand,
  },
  {
    path: ["helm", "get", "manifest"],
    summary: "Download the manifest for a named release",
    load: async () => (await import("./commands/helm/get.ts")).helmGetManifestCommand,
  },
  {
    path: ["helm", "get", "hooks"],
    summary: "Download all hooks for a named release",
    load: async () => (await import("./commands/helm/get.ts")).helmGetHooksCommand,
  },
  {
    path: ["helm", "get", "notes"],
    summary: "Download the notes for a named release",
    load: async () => (await import("./commands/helm/get.ts")).helmGetNotesCommand,
  },
  {
    path: ["helm", "get", "metadata"],
    summary: "Fetch metadata for a given release",
    load: async () => (await import("./commands/helm/get.ts")).helmGetMetadataCommand,
  },
  {
    path: ["helm", "template"],
    summary: "Locally render templates",
    load: async () => (await import("./commands/helm/template.ts")).helmTemplateCommand,
  },
  {
    path: ["helm", "lint"],
    summary: "Examine a chart for possible issues",
    load: async () => (await import("./commands/helm/lint.ts")).helmLintCommand,
  },
  {
    path: ["helm", "package"],
    summary: "Package a chart directory into a chart archive",
    load: async () => (await import("./commands/helm/package.ts")).helmPackageCommand,
  },
  {
    path: ["helm", "show", "all"],
    summary: "Show all information of the chart",
    load: async () => (await import("./commands/helm/show.ts")).helmShowAllCommand,
  },
  {
    path: ["helm", "show", "chart"],
    summary: "Show the chart's definition",
    load: async () => (await import("./commands/helm/show.ts")).helmShowChartCommand,
  },
  {
    path: ["helm", "show", "values"],
    summary: "Show the chart's values",
    load: async () => (await import("./commands/helm/show.ts")).helmShowValuesCommand,
  },
  {
    path: ["helm", "show", "readme"],
    summary: "Show the chart's README",
    load: async () => (await import("./commands/helm/show.ts")).helmShowReadmeCommand,
  },
  {
    path: ["helm", "show", "crds"],
    summary: "Show the chart's CRDs",
    load: async () => (await import("./commands/helm/show.ts")).helmShowCrdsCommand,
  },
  {
    path: ["helm", "dependency", "list"],
    summary: "List the dependencies for the given chart",
    load: async () => (await import("./commands/helm/dependency.ts")).helmDependencyListCommand,
  },
  {
    path: ["helm", "dependency", "update"],
    summary: "Update charts/ based on the contents of Chart.yaml",
    load: async () => (await import("./commands/helm/dependency.ts")).helmDependencyUpdateCommand,
  },
  {
    path: ["helm", "dependency", "build"],
    summary: "Rebuild the charts/ directory based on the Chart.lock file",
    load: async () => (await import("./commands/helm/dependency.ts")).helmDependencyBuildCommand,
  },
  {
    path: ["helm", "repo", "index"],
    summary: "Generate an index file given a directory containing packaged charts",
    load: async () => (await import("./commands/helm/repo-index.ts")).helmRepoIndexCommand,
  },
  {
    path: ["helm", "verify"],
    summary: "Verify that a chart at the given path has been signed and is valid",
    load: async () => (await import("./commands/helm/verify.ts")).helmVerifyCommand,
  },
  {
    path: ["helm", "push"],
    summary: "Push a chart to a registry",
    load: async () => (await import("./commands/helm/push.ts")).helmPushCommand,
  },
  {
    path: ["helm", "pull"],
    summary: "Download a chart from a registry or repository",
    load: async () => (await import("./commands/helm/pull.ts")).helmPullCommand,
  },
  {
    path: ["helm", "registry", "login"],
    summary: "Login to a registry",
    load: async () => (await import("./commands/helm/registry.ts")).helmRegistryLoginCommand,
  },
  {
    path: ["helm", "registry", "logout"],
    summary: "Logout from a registry",
    load: async () => (await import("./commands/helm/registry.ts")).helmRegistryLogoutCommand,
  },
  ...fluxctlEntries,
  {
    path: ["trace"],
    summary: "Trace in-cluster objects throughout the GitOps delivery pipeline",
    load: async () => (await import("./commands/trace.ts")).traceCommand,
  },
  {
    path: ["stats"],
    summary: "Stats of Flux reconciles",
    load: async () => (await import("./commands/stats.ts")).statsCommand,
  },
  {
    path: ["envsubst"],
    summary: "Substitute the values of environment variables",
    load: async () => (await import("./commands/envsubst.ts")).envsubstCommand,
  },
  {
    path: ["ci", "release"],
    summary: "Release an image from a pipeline: by a commit, a pull request or the cluster's API",
    load: async () => (await import("./commands/ci-release.ts")).ciReleaseCommand,
  },
  {
    path: ["version"],
    summary: "Print the client and server-side components version information",
    load: async () => (await import("./commands/version.ts")).versionCommand,
  },
  {
    path: ["completion"],
    summary: "Generate completion code for a shell",
    load: async () => (await import("./commands/completion.ts")).completionCommand,
  },
];
