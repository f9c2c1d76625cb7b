import type { RegistryEntry } from "./registry.ts";

/** A verb of fluxctl, without a path. */
type Verb = readonly [word: string, summary: string, load: RegistryEntry["load"]];

const verbs: readonly Verb[] = [
  [
    "list-workloads",
    "List workloads currently running in the cluster",
    async () => (await import("./commands/fluxctl/list-workloads.ts")).listWorkloadsCommand,
  ],
  [
    "list-controllers",
    "List controllers currently running in the cluster",
    async () => (await import("./commands/fluxctl/list-workloads.ts")).listControllersCommand,
  ],
  [
    "list-services",
    "List services currently running in the cluster",
    async () => (await import("./commands/fluxctl/list-workloads.ts")).listServicesCommand,
  ],
  [
    "list-images",
    "Show deployed and available images",
    async () => (await import("./commands/fluxctl/list-images.ts")).listImagesCommand,
  ],
  [
    "release",
    "Release a new version of a workload",
    async () => (await import("./commands/fluxctl/release.ts")).releaseCommand,
  ],
  [
    "automate",
    "Turn on automatic deployment for a workload",
    async () => (await import("./commands/fluxctl/policy.ts")).automateCommand,
  ],
  [
    "deautomate",
    "Turn off automatic deployment for a workload",
    async () => (await import("./commands/fluxctl/policy.ts")).deautomateCommand,
  ],
  [
    "lock",
    "Lock a workload, so it cannot be deployed",
    async () => (await import("./commands/fluxctl/policy.ts")).lockCommand,
  ],
  [
    "unlock",
    "Unlock a workload, so it can be deployed",
    async () => (await import("./commands/fluxctl/policy.ts")).unlockCommand,
  ],
  [
    "policy",
    "Manage policies for a workload",
    async () => (await import("./commands/fluxctl/policy.ts")).policyCommand,
  ],
  ["identity", "Display SSH public key", async () => (await import("./commands/fluxctl/identity.ts")).identityCommand],
  [
    "sync",
    "Synchronize the cluster with the git repository, now",
    async () => (await import("./commands/fluxctl/sync.ts")).syncCommand,
  ],
  [
    "save",
    "Save workload definitions to local files in cluster-native format",
    async () => (await import("./commands/fluxctl/save.ts")).saveCommand,
  ],
];

/** Flux v1's command line: each verb as `eddy <verb>`, and as `eddy fluxctl <verb>` for who has that as an alias. */
export const fluxctlEntries: readonly RegistryEntry[] = [
  ...verbs.map(([word, summary, load]): RegistryEntry => ({ path: [word], summary, load })),
  ...verbs.map(([word, summary, load]): RegistryEntry => {
    const path = ["fluxctl", word];
    return { path, summary, load: async () => ({ ...(await load()), path }) };
  }),
  {
    path: ["fluxctl", "version"],
    summary: "Output the version of fluxctl",
    load: async () => (await import("./commands/fluxctl/version.ts")).fluxctlVersionCommand,
  },
];
