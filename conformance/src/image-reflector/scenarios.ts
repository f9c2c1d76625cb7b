import type { ImagePolicySpec, ImageRepositorySpec } from "@eddy/api";

/** Something that happens after the first look. */
export interface ReflectorStep {
  /** Tags that are pushed. */
  readonly push?: readonly string[];
  /** Merge patches of specs; a policy by its name. */
  readonly repository?: object;
  readonly policies?: Readonly<Record<string, object>>;
  /** Whose pass is asked for then; `repository`, or a policy's name. */
  readonly request: string;
  /** Objects that are not Ready after it, in place of the scenario's. */
  readonly fails?: readonly string[];
}

/** One repository of images with its policies, and what becomes of them. */
export interface ReflectorScenario {
  readonly name: string;
  /** Pushed before; each with its own content. */
  readonly tags: readonly string[];
  /** `image` is the registry's, unless given; `<registry>` stands for its host. */
  readonly repository?: Partial<ImageRepositorySpec> | undefined;
  /** In this scenario's namespace; `imageRepositoryRef` is `app` unless given. */
  readonly policies?: Readonly<Record<string, Partial<ImagePolicySpec>>>;
  /** Labels of the namespace that policies are in; without them it is the repository's own. */
  readonly elsewhere?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly pullSecrets?: readonly string[];
  /** Whether the registry wants a login. */
  readonly isSecured?: boolean;
  readonly steps?: readonly ReflectorStep[];
  /** Objects that are not Ready in the end: `repository`, or a policy's name. */
  readonly fails?: readonly string[];
  /** Why the two differ, where they do. */
  readonly differs?: string;
}

const versions = ["1.0.0", "1.1.0", "1.2.0-rc.1", "2.0.0", "v2.1.0", "main", "latest", "1.0", "3"];
const builds = [
  "main-a1-1700000001",
  "main-b2-1700000003",
  "main-c3-1700000002",
  "dev-d4-1800000000",
  "9-x",
  "1.0.0.sig",
];
const semver = (range: string): Partial<ImagePolicySpec> => ({ policy: { semver: { range } } });
const login = (password: string): Readonly<Record<string, string>> => ({
  ".dockerconfigjson": JSON.stringify({ auths: { "<registry>": { username: "jane", password } } }),
});

/** Every scenario; those that fail name who does. */
export const scenarios: readonly ReflectorScenario[] = [
  { name: "a scan", tags: versions },
  { name: "a scan without signatures", tags: builds },
  { name: "exclusions", tags: [...versions, ...builds], repository: { exclusionList: ["^main-", "rc", "^dev-.*$"] } },
  { name: "eleven tags and more", tags: Array.from({ length: 25 }, (_, index) => `1.0.${index}`) },
  {
    name: "ranges",
    tags: versions,
    policies: {
      any: semver("*"),
      prerelease: semver(">=1.0.0-0 <2"),
      caret: semver("^1"),
      tilde: semver("~2.1"),
      both: semver("<1.1 || >=2.1"),
    },
  },
  {
    name: "letters and numbers",
    tags: builds,
    policies: {
      last: { policy: { alphabetical: {} } },
      first: { policy: { alphabetical: { order: "desc" } } },
      newest: {
        policy: { numerical: {} },
        filterTags: { pattern: "^main-[a-f0-9]+-(?P<ts>[0-9]+)$", extract: "$ts" },
      },
      oldest: {
        policy: { numerical: { order: "desc" } },
        filterTags: { pattern: "^main-[a-f0-9]+-(?P<ts>[0-9]+)$", extract: "${ts}" },
      },
      filtered: { policy: { alphabetical: {} }, filterTags: { pattern: "^main-" } },
    },
  },
  {
    name: "a tag that is pushed, asked for",
    tags: ["1.0.0"],
    policies: { any: semver("*") },
    steps: [
      { push: ["1.1.0"], request: "repository" },
      { push: ["0.9.0"], request: "repository" },
      { request: "repository" },
    ],
  },
  {
    name: "digests",
    tags: ["1.0.0", "1.1.0"],
    policies: {
      once: { ...semver("*"), digestReflectionPolicy: "IfNotPresent" },
      always: { ...semver("^1.0"), digestReflectionPolicy: "Always", interval: "1h" },
      never: { ...semver("1.0.x"), digestReflectionPolicy: "Never" },
    },
    steps: [{ push: ["1.2.0"], request: "repository" }],
  },
  {
    name: "a digest that goes",
    tags: ["1.0.0"],
    policies: { any: { ...semver("*"), digestReflectionPolicy: "IfNotPresent" } },
    steps: [{ policies: { any: { digestReflectionPolicy: "Never" } }, request: "any" }],
  },
  {
    name: "another range, and one that nothing is in",
    tags: versions,
    policies: { any: semver("*") },
    steps: [
      { policies: { any: semver("^1") }, request: "any" },
      { policies: { any: semver("^9") }, request: "any", fails: ["any"] },
      { policies: { any: semver("^1") }, request: "any" },
    ],
  },
  {
    name: "other exclusions, another image",
    tags: versions,
    policies: { any: { policy: { alphabetical: {} } } },
    steps: [
      { repository: { exclusionList: ["^main$", "^v"] }, request: "repository" },
      { repository: { exclusionList: null }, request: "repository" },
    ],
  },
  {
    name: "nothing that could be selected",
    tags: ["1.0.0", "main"],
    policies: {
      range: semver("^9"),
      filter: { policy: { alphabetical: {} }, filterTags: { pattern: "^x" } },
      number: { policy: { numerical: {} } },
    },
    fails: ["range", "filter", "number"],
  },
  {
    name: "policies that are none",
    tags: ["1.0.0"],
    policies: {
      range: semver("nonsense"),
      empty: { policy: {} },
      pattern: { ...semver("*"), filterTags: { pattern: "(" } },
      backslash: { ...semver("*"), filterTags: { pattern: "a\\" } },
      repeat: { ...semver("*"), filterTags: { pattern: "a{1001}" } },
    },
    fails: ["range", "empty", "pattern", "backslash", "repeat"],
  },
  {
    name: "a repository that is not there",
    tags: [],
    policies: { lonely: semver("*") },
    repository: undefined,
    fails: ["lonely"],
  },
  {
    name: "an image with a scheme",
    tags: [],
    repository: { image: "https://<registry>/app" },
    policies: { any: semver("*") },
    fails: ["repository", "any"],
  },
  { name: "an image with a tag", tags: [], repository: { image: "<registry>/app:v1" }, fails: ["repository"] },
  {
    name: "an image with a digest",
    tags: [],
    repository: { image: `app@sha256:${"a".repeat(64)}` },
    fails: ["repository"],
  },
  { name: "an image that is none", tags: [], repository: { image: "Not An Image" }, fails: ["repository"] },
  {
    name: "an exclusion that is none",
    tags: ["1.0.0"],
    repository: { exclusionList: ["("] },
    fails: ["repository"],
    differs: "we stall, and do not ask the registry again: nothing but another spec makes it right",
  },
  { name: "a repository that the registry does not have", tags: [], fails: ["repository"] },
  { name: "a registry that wants a login", tags: ["1.0.0"], isSecured: true, fails: ["repository"] },
  {
    name: "a pull secret",
    tags: ["1.0.0"],
    isSecured: true,
    secrets: { pull: login("correct-horse") },
    repository: { secretRef: { name: "pull" } },
    policies: { any: { ...semver("*"), digestReflectionPolicy: "IfNotPresent" } },
  },
  {
    name: "a pull secret of a ServiceAccount",
    tags: ["1.0.0"],
    isSecured: true,
    secrets: { pull: login("correct-horse") },
    pullSecrets: ["pull"],
    repository: { serviceAccountName: "puller" },
    policies: { any: semver("*") },
  },
  {
    name: "a wrong password",
    tags: ["1.0.0"],
    isSecured: true,
    secrets: { pull: login("wrong-password") },
    repository: { secretRef: { name: "pull" } },
    fails: ["repository"],
  },
  {
    name: "a Secret that is not there",
    tags: ["1.0.0"],
    repository: { secretRef: { name: "gone" } },
    fails: ["repository"],
  },
  {
    name: "a ServiceAccount that is not there",
    tags: ["1.0.0"],
    repository: { serviceAccountName: "gone" },
    fails: ["repository"],
  },
  {
    name: "a pull secret that is not there",
    tags: ["1.0.0"],
    pullSecrets: ["gone"],
    repository: { serviceAccountName: "puller" },
    fails: ["repository"],
  },
  {
    name: "certificates that are not there",
    tags: ["1.0.0"],
    repository: { certSecretRef: { name: "gone" } },
    fails: ["repository"],
  },
  {
    name: "certificates that are none",
    tags: ["1.0.0"],
    secrets: { tls: { a: "b" } },
    repository: { certSecretRef: { name: "tls" } },
    fails: ["repository"],
  },
  {
    name: "half a certificate",
    tags: ["1.0.0"],
    secrets: { tls: { "tls.crt": "x" } },
    repository: { certSecretRef: { name: "tls" } },
    fails: ["repository"],
  },
  {
    name: "a proxy that is not there",
    tags: ["1.0.0"],
    repository: { proxySecretRef: { name: "gone" } },
    fails: ["repository"],
  },
  {
    name: "a proxy without an address",
    tags: ["1.0.0"],
    secrets: { proxy: { username: "x" } },
    repository: { proxySecretRef: { name: "proxy" } },
    fails: ["repository"],
  },
  {
    name: "a cloud's login as a ServiceAccount",
    tags: ["1.0.0"],
    repository: { provider: "aws", serviceAccountName: "puller" },
    policies: { any: semver("*") },
    fails: ["repository", "any"],
  },
  {
    name: "a Secret that is no pull secret",
    tags: ["1.0.0"],
    secrets: { pull: { a: "b" } },
    repository: { secretRef: { name: "pull" } },
  },
  {
    name: "a login for another registry",
    tags: ["1.0.0"],
    isSecured: true,
    secrets: {
      pull: {
        ".dockerconfigjson": JSON.stringify({ auths: { "registry.example": { username: "a", password: "b" } } }),
      },
    },
    repository: { secretRef: { name: "pull" } },
    fails: ["repository"],
  },
  {
    name: "a policy that is suspended",
    tags: ["1.0.0"],
    policies: { any: semver("*") },
    steps: [
      { policies: { any: { suspend: true } }, push: ["1.1.0"], request: "repository" },
      { policies: { any: { suspend: false } }, request: "repository" },
    ],
    differs: "what is suspended is not written to: upstream observes its generation",
  },
  {
    name: "a repository without accessFrom, later",
    tags: ["1.0.0"],
    repository: { accessFrom: { namespaceSelectors: [{}] } },
    elsewhere: { team: "c" },
    policies: { any: semver("*") },
    steps: [{ repository: { accessFrom: null }, push: ["1.1.0"], request: "repository", fails: ["any"] }],
  },
  {
    name: "versions of the same rank",
    tags: ["1.0.0", "v1.0.0", "01.0.0", "v2025.02.03", "2025.2.3"],
    policies: { any: semver("*"), one: semver("^1") },
  },
  {
    name: "numbers of the same value",
    tags: ["1", "1.0", "01", "1.00", "0x1p0", "1_0", "10"],
    policies: {
      last: { policy: { numerical: {} } },
      first: { policy: { numerical: { order: "desc" } } },
    },
  },
  { name: "suspended", tags: ["1.0.0"], repository: { suspend: true } },
  {
    name: "policies of another namespace",
    tags: ["1.0.0"],
    repository: { accessFrom: { namespaceSelectors: [{ matchLabels: { team: "b" } }] } },
    elsewhere: { team: "b" },
    policies: { any: semver("*") },
  },
  {
    name: "policies of a namespace that may not",
    tags: ["1.0.0"],
    repository: { accessFrom: { namespaceSelectors: [{ matchLabels: { team: "b" } }] } },
    elsewhere: { team: "c" },
    policies: { any: semver("*") },
    fails: ["any"],
  },
  {
    name: "policies of a namespace that nobody let in",
    tags: ["1.0.0"],
    elsewhere: { team: "c" },
    policies: { any: semver("*") },
    fails: ["any"],
  },
];
