import type {
  GitRepository,
  GitRepositoryRef,
  ImagePolicy,
  ImageUpdateAutomation,
  ImageUpdateAutomationSpec,
} from "@eddy/api";
import { describe, expect, it, test } from "vitest";
import { formatHeld, readHeld } from "./held-policies.ts";
import { updatePath } from "./plan-update.ts";
import { renderMessage } from "./render-message.ts";
import { follows } from "./request-source.ts";
import { resolveTarget } from "./resolve-target.ts";
import { policiesChanged, selectPolicies } from "./select-policies.ts";

const commit = { author: { email: "e@example.org" } };
const automation = (spec: Partial<ImageUpdateAutomationSpec>): ImageUpdateAutomation =>
  ({ metadata: { name: "auto", namespace: "ns" }, spec }) as ImageUpdateAutomation;
const withGit = (git: Partial<NonNullable<ImageUpdateAutomationSpec["git"]>>): ImageUpdateAutomation =>
  automation({ git: { commit, ...git } });

describe("where commits go", () => {
  const main: GitRepositoryRef = { branch: "main" };
  it.each<[name: string, object: ImageUpdateAutomation, ref: GitRepositoryRef | undefined, want: object]>([
    [
      "the source's branch",
      withGit({}),
      main,
      { branch: "main", isOtherBranch: false, checkout: { kind: "branch", name: "main" } },
    ],
    [
      "the automation's before the source's",
      withGit({ checkout: { ref: { branch: "dev" } } }),
      main,
      { branch: "dev", isOtherBranch: false },
    ],
    ["the same branch by name", withGit({ push: { branch: "main" } }), main, { branch: "main", isOtherBranch: false }],
    ["another one", withGit({ push: { branch: "auto" } }), main, { branch: "auto", isOtherBranch: true }],
    [
      "one for a source without a ref",
      withGit({ push: { branch: "master" } }),
      undefined,
      { branch: "master", isOtherBranch: false },
    ],
    [
      "one for a tag",
      withGit({ push: { branch: "auto" } }),
      { tag: "v1" },
      { isOtherBranch: true, checkout: { kind: "tag", name: "v1" } },
    ],
    ["a refspec, and none", withGit({ push: { refspec: "" } }), main, { refspec: undefined }],
    [
      "a commit before all else",
      withGit({ push: { branch: "auto" } }),
      { branch: "main", tag: "v1", semver: "1.x", name: "refs/x", commit: "c" },
      { checkout: { kind: "commit", sha: "c", branch: "main" } },
    ],
  ])("%s", (_name, object, ref, want) => expect(resolveTarget(object, ref)).toMatchObject(want));

  it.each<[push: { refspec: string } | undefined, ref: GitRepositoryRef | undefined, why: string]>([
    [{ refspec: ":refs/heads/x" }, main, "push refspec must not specify a deletion: invalid source configuration"],
    [{ refspec: "+a:b" }, main, "push refspec must not specify a force update: invalid source configuration"],
    [undefined, undefined, "push spec not provided"],
    [undefined, { semver: "1.x" }, "push spec not provided"],
  ])("%j for %j is refused", (push, ref, why) => {
    expect(() => resolveTarget(withGit(push ? { push } : {}), ref)).toThrow(why);
  });
});

test.each<[spec: Partial<GitRepository["spec"]>, follows: boolean]>([
  [{ ref: { branch: "main" } }, true],
  [{ ref: { name: "refs/heads/main" } }, true],
  [{ ref: { branch: "main", commit: "c" } }, false],
  [{ ref: { branch: "main", tag: "v1" } }, false],
  [{ ref: { semver: "*" } }, false],
  [{ ref: { branch: "other" } }, false],
  [{}, false],
  [{ ref: { branch: "main" }, suspend: true }, false],
])("a source with %j follows the pushed branch: %s", (spec, want) => {
  expect(follows({ spec } as GitRepository, ["refs/heads/main"])).toBe(want);
});

test.each([
  [undefined, ""],
  ["./apps/", "apps"],
  ["/apps", "apps"],
  ["../../etc", "etc"],
  ["a/../../b/.", "b"],
])("the path %s is %j", (path, want) => expect(updatePath(path)).toBe(want));

describe("policies", () => {
  const policy = (
    name: string,
    tag: string | undefined,
    namespace: string = "ns",
    labels: Record<string, string> = {},
  ): ImagePolicy =>
    ({
      metadata: { name, namespace, labels },
      ...(tag ? { status: { latestRef: { name: "x", tag } } } : {}),
    }) as ImagePolicy;
  const all = [
    policy("b", "1", "ns", { team: "web" }),
    policy("a", "2"),
    policy("none", undefined),
    policy("far", "1", "other"),
  ];

  it("count in their namespace, once they have chosen, in order", () => {
    expect(selectPolicies(automation({}), all).map(({ name }) => name)).toEqual(["a", "b"]);
    const policySelector = { matchExpressions: [{ key: "team", operator: "In", values: ["web"] }] };
    expect(selectPolicies(automation({ policySelector }), all).map(({ name }) => name)).toEqual(["b"]);
  });

  it.each([
    [
      { matchExpressions: [{ key: "a", operator: "Gt", values: ["1"] }] },
      '"Gt" is not a valid label selector operator',
    ],
    [{ matchExpressions: [{ key: "a", operator: "NotIn" }] }, "values set can't be empty"],
    [
      { matchExpressions: [{ key: "a", operator: "Exists", values: ["b"] }] },
      "values set must be empty for exists and does not exist",
    ],
  ])("%j is no selector", (policySelector, why) => {
    expect(() => selectPolicies(automation({ policySelector }), all)).toThrow(`failed to parse policy selector: `);
    expect(() => selectPolicies(automation({ policySelector }), all)).toThrow(why);
  });

  it("have changed when one came, went or chose another image", () => {
    const now = selectPolicies(automation({}), all);
    const seen = { a: { name: "x", tag: "2" }, b: { name: "x", tag: "1" } };
    expect(policiesChanged(seen, now)).toBe(false);
    expect(policiesChanged(undefined, now)).toBe(true);
    expect(policiesChanged({ ...seen, c: { name: "x", tag: "1" } }, now)).toBe(true);
    expect(policiesChanged({ ...seen, a: { name: "x", tag: "1" } }, now)).toBe(true);
    expect(policiesChanged({ ...seen, a: { name: "x", tag: "2", digest: "sha256:a" } }, now)).toBe(true);
  });
});

test("what is held is read from the words that say so", () => {
  const held = new Map([
    ["web", "ghcr.io/org/web:1.2.3"],
    ["api", `ghcr.io:5000/api:v1@sha256:${"a".repeat(64)}`],
  ]);
  const message = formatHeld(held);
  const conditions = [
    { type: "Held", status: "True" as const, reason: "ChangedByHand", message, lastTransitionTime: "" },
  ];
  expect(readHeld(conditions)).toEqual(held);
  expect(readHeld(undefined)).toEqual(new Map());
});

describe("messages", () => {
  const object = { apiVersion: "v1", kind: "Pod", name: "p", namespace: "ns" };
  const change = {
    file: "b.yaml",
    line: 1,
    column: 1,
    field: "x",
    object,
    oldValue: "1",
    newValue: "2",
    setter: "ns:a",
  };
  const data = { name: "auto", namespace: "ns", changes: [change, { ...change, file: "a.yaml" }], values: { k: "v" } };
  it.each<[template: string | undefined, want: string]>([
    [undefined, "Update from image update automation"],
    ["{{ .AutomationObject.Name }} {{ .AutomationObject }}", "auto ns/auto"],
    ["{{ range $file, $_ := .Changed.FileChanges }}{{ $file }} {{ end }}", "a.yaml b.yaml "],
    ["{{ len .Changed.Changes }} {{ len .Changed.Objects }}", "1 1"],
    ["{{ range $o, $c := .Changed.Objects }}{{ $o.APIVersion }}/{{ $o.Kind }} {{ len $c }}{{ end }}", "v1/Pod 2"],
    ['{{ (index .Changed.FileChanges "b.yaml") | len }} {{ .Values.k | upper | quote }}', '1 "V"'],
  ])("%s", (template, want) => expect(renderMessage(template, data)).toBe(want));

  it.each([
    ["{{ toYaml .Values }}", 'function "toYaml" not defined'],
    ['{{ env "HOME" }}', 'function "env" not defined'],
    ["{{ randAlpha 5 }}", 'function "randAlpha" not defined'],
    ["{{ range until 100000000 }}{{ end }}", "failed to run template from spec"],
    ['{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}', "failed to run template from spec"],
  ])("%s fails", (template, why) => expect(() => renderMessage(template, data)).toThrow(why));
});
