import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatTagPattern,
  parseKeelPolicy,
  parseTagPattern,
  policyOfContainer,
  readFluxV1Policies,
  readKeelPolicies,
  readWorkloadPolicies,
  tagPatternOf,
  type PolicyProblem,
} from "../index.ts";

type Values = Record<string, string>;

function shown(problems: readonly PolicyProblem[]): string[] {
  return problems.map(({ form, keys }) => `${form} ${keys.join(" ")}`);
}

describe("Flux v1", () => {
  const rows: readonly (readonly [annotations: Values, want: object])[] = [
    [{}, { automated: false, locked: false, ignored: "no", filters: {}, prefix: "fluxcd.io/" }],
    [{ "fluxcd.io/automated": "true" }, { automated: true }],
    [{ "fluxcd.io/automated": "True" }, { automated: false }],
    [{ "fluxcd.io/automated": "yes" }, { automated: false }],
    [{ "flux.weave.works/automated": "true" }, { automated: true, prefix: "flux.weave.works/" }],
    [
      { "flux.weave.works/automated": "true", "fluxcd.io/locked": "false" },
      { automated: true, prefix: "fluxcd.io/" },
    ],
    [
      { "fluxcd.io/locked": "true", "fluxcd.io/locked_user": "Ada <ada@x>", "fluxcd.io/locked_msg": "broken" },
      { locked: true, lockedBy: "Ada <ada@x>", lockedMessage: "broken" },
    ],
    [{ "fluxcd.io/ignore": "true" }, { ignored: "all" }],
    [{ "fluxcd.io/ignore": "sync_only" }, { ignored: "sync-only" }],
    [{ "fluxcd.io/ignore": "false" }, { ignored: "no" }],
    [{ "fluxcd.io/tag.web": "semver:~1" }, { filters: { web: { form: "semver", text: "~1" } } }],
    [{ "filter.fluxcd.io/web": "glob:master-*" }, { filters: { web: { form: "glob", text: "master-*" } } }],
    [{ "flux.weave.works/tag.web": "master-*" }, { filters: { web: { form: "glob", text: "master-*" } } }],
    [{ "fluxcd.io/tag.web": "regex:^v" }, { filters: { web: { form: "regexp", text: "^v" } } }],
    [{ "helm.fluxcd.io/antecedent": "shop:helmrelease/web" }, { antecedent: "shop:helmrelease/web" }],
    [{ "fluxcd.io/tag.__proto__": "v*" }, { filters: { ["__proto__"]: { form: "glob", text: "v*" } } }],
  ];
  test.each(rows)("%j", (annotations, want) => {
    const read = readFluxV1Policies({ annotations });
    expect(read).toMatchObject(want);
    expect(read.problems).toEqual([]);
  });

  const problems: readonly (readonly [annotations: Values, want: string[]])[] = [
    [
      { "fluxcd.io/automated": "true", "flux.weave.works/automated": "false" },
      ["Contradiction fluxcd.io/automated flux.weave.works/automated"],
    ],
    [{ "fluxcd.io/automated": "true", "flux.weave.works/automated": "true" }, []],
    [
      { "filter.fluxcd.io/web": "semver:1", "fluxcd.io/tag.web": "semver:2" },
      ["Contradiction filter.fluxcd.io/web fluxcd.io/tag.web"],
    ],
    [{ "fluxcd.io/tag.web": "semver:nonsense" }, ["InvalidValue fluxcd.io/tag.web"]],
    [{ "filter.fluxcd.io/web": "regexp:(" }, ["InvalidValue filter.fluxcd.io/web"]],
  ];
  test.each(problems)("%j", (annotations, want) => {
    expect(shown(readFluxV1Policies({ annotations }).problems)).toEqual(want);
  });

  test("a container without a filter takes anything", () => {
    const { filters } = readFluxV1Policies({ annotations: { "fluxcd.io/tag.web": "v*" } });
    expect(tagPatternOf({ filters }, "web").text).toBe("v*");
    expect(tagPatternOf({ filters }, "sidecar").text).toBe("*");
    expect(tagPatternOf({ filters }, "constructor").text).toBe("*");
  });

  test.each([
    ["v*", "glob:v*"],
    ["glob:v*", "glob:v*"],
    ["regex:^v", "regexp:^v"],
    ["semver:~1", "semver:~1"],
    ["", "glob:"],
    ["glob:glob:x", "glob:glob:x"],
  ])("%j is written as %j", (text, want) => expect(formatTagPattern(parseTagPattern(text))).toBe(want));
});

describe("Keel", () => {
  const off = { form: "never" };
  const keel = (rule: object, options: object = {}): object => ({
    form: "keel",
    rule,
    matchTag: false,
    matchPreRelease: true,
    ...options,
  });
  const rows: readonly (readonly [labels: Values, annotations: Values, want: object])[] = [
    [{}, {}, { policy: off, trigger: "push", pollSchedule: "@every 1m", approvals: 0, approvalDeadlineHours: 24 }],
    [{ "keel.sh/policy": "all" }, {}, { policy: keel({ form: "all" }) }],
    [{ "keel.sh/policy": "minor" }, {}, { policy: keel({ form: "minor" }) }],
    [{ "keel.observer/policy": "minor" }, {}, { policy: keel({ form: "minor" }) }],
    [{}, { "keel.sh/policy": "patch" }, { policy: keel({ form: "patch" }) }],
    [{}, { "keel.sh/policy": "glob:foo-*" }, { policy: keel({ form: "glob", pattern: "foo-*" }) }],
    [{}, { "keel.sh/policy": "regexp:^a:b$" }, { policy: keel({ form: "regexp", pattern: "^a:b$" }) }],
    [
      {},
      { "keel.sh/policy": "newest:^main-" },
      { policy: { form: "pattern", pattern: { form: "regexp", text: "^main-" } } },
    ],
    [
      { "keel.sh/policy": "force", "keel.sh/matchTag": "true" },
      {},
      { policy: keel({ form: "force" }, { matchTag: true }) },
    ],
    [
      { "keel.sh/policy": "force", "keel.sh/match-tag": "true" },
      {},
      { policy: keel({ form: "force" }, { matchTag: true }) },
    ],
    [
      { "keel.sh/policy": "minor", "keel.sh/matchPreRelease": "false" },
      {},
      { policy: keel({ form: "minor" }, { matchPreRelease: false }) },
    ],
    // Options count only where the policy is.
    [{ "keel.sh/matchPreRelease": "false" }, { "keel.sh/policy": "minor" }, { policy: keel({ form: "minor" }) }],
    [{ "keel.sh/policy": "never" }, {}, { policy: off }],
    [{ "keel.sh/policy": "" }, {}, { policy: off }],
    [{ "keel.sh/trigger": "poll" }, {}, { policy: keel({ form: "default" }), trigger: "poll" }],
    [{ "keel.sh/trigger": "poll", "keel.sh/policy": "never" }, {}, { policy: off, trigger: "poll" }],
    [{}, { "keel.sh/trigger": "poll", "keel.sh/pollSchedule": "@every 10m" }, { pollSchedule: "@every 10m" }],
    [{}, { "keel.sh/approvals": "2", "keel.sh/approvalDeadline": "5" }, { approvals: 2, approvalDeadlineHours: 5 }],
    [{ "keel.sh/approvals": "3" }, { "keel.sh/approvals": "2" }, { approvals: 3 }],
    [{}, { "keel.sh/notify": "a, b,,c" }, { notify: ["a", "b", "c"] }],
    [{}, { "keel.sh/imagePullSecret": "s", "keel.sh/releaseNotes": "u" }, { imagePullSecret: "s", releaseNotes: "u" }],
    [
      {},
      { "keel.sh/initContainers": "true", "keel.sh/imageVolumes": "true" },
      { initContainers: true, imageVolumes: true },
    ],
    [{ "keel.sh/initContainers": "true" }, {}, { initContainers: false }],
    [{}, { "keel.sh/monitorContainers": "^web" }, { monitorContainers: "^web" }],
  ];
  test.each(rows)("labels %j, annotations %j", (labels, annotations, want) => {
    const read = readKeelPolicies({ labels, annotations });
    expect(read).toMatchObject(want);
    expect(read.problems).toEqual([]);
  });

  const problems: readonly (readonly [labels: Values, annotations: Values, want: string[]])[] = [
    [
      { "keel.sh/policy": "all" },
      { "keel.sh/policy": "patch" },
      ["Contradiction annotation keel.sh/policy label keel.sh/policy"],
    ],
    [{ "keel.sh/policy": "all" }, { "keel.sh/policy": "all" }, []],
    [
      { "keel.sh/policy": "all", "keel.observer/policy": "patch" },
      {},
      ["Contradiction keel.sh/policy keel.observer/policy"],
    ],
    [
      { "keel.sh/policy": "force", "keel.sh/matchTag": "true", "keel.sh/match-tag": "false" },
      {},
      ["Contradiction keel.sh/matchTag keel.sh/match-tag"],
    ],
    [{ "keel.sh/policy": "all", "keel.sh/matchTag": "true" }, {}, ["NoEffect keel.sh/matchTag"]],
    [{ "keel.sh/policy": "all", "keel.sh/matchPreRelease": "false" }, {}, ["NoEffect keel.sh/matchPreRelease"]],
    [{}, { "keel.sh/policy": "glob:a:b" }, ["InvalidValue keel.sh/policy"]],
    [{}, { "keel.sh/policy": "regexp:(" }, ["InvalidValue keel.sh/policy"]],
    [{}, { "keel.sh/policy": "newest:(" }, ["InvalidValue keel.sh/policy"]],
    [{ "keel.sh/policy": "minr" }, {}, ["InvalidValue keel.sh/policy"]],
    [{ "keel.sh/policy": "all:x" }, {}, ["InvalidValue keel.sh/policy"]],
    [{ "keel.sh/trigger": "pol" }, {}, ["InvalidValue keel.sh/trigger"]],
    [{ "keel.sh/trigger": "default" }, {}, []],
    [{}, { "keel.sh/approvals": "-1" }, ["InvalidValue keel.sh/approvals"]],
    [{}, { "keel.sh/approvals": "two" }, ["InvalidValue keel.sh/approvals"]],
    [{}, { "keel.sh/approvalDeadline": "99999999" }, ["InvalidValue keel.sh/approvalDeadline"]],
    [{}, { "keel.sh/monitorContainers": "(" }, ["InvalidValue keel.sh/monitorContainers"]],
  ];
  test.each(problems)("labels %j, annotations %j have %j", (labels, annotations, want) => {
    expect(shown(readKeelPolicies({ labels, annotations }).problems)).toEqual(want);
  });

  test("the annotation counts before the label", () => {
    const { policy, problems } = readKeelPolicies({
      labels: { "keel.sh/policy": "all" },
      annotations: { "keel.sh/policy": "patch" },
    });
    expect(policy).toMatchObject({ rule: { form: "patch" } });
    expect(problems[0]?.message).toBe(
      'the annotation keel.sh/policy is "patch" and the label is "all": the annotation counts',
    );
  });

  test("what cannot be read says what was wanted", () => {
    expect(parseKeelPolicy("minr").problems[0]?.message).toBe(
      'keel.sh/policy is "minr": want all, major, minor, patch, force, never, glob:<pattern>, regexp:<expression> or newest:<expression>: nothing is updated',
    );
  });
});

describe("all of them together", () => {
  const rows: readonly (readonly [metadata: object, by: string, problems: string[]])[] = [
    [{}, "none", []],
    [{ annotations: { "fluxcd.io/automated": "true" } }, "flux-v1", []],
    [{ labels: { "keel.sh/policy": "all" } }, "keel", []],
    [{ annotations: { "fluxcd.io/automated": "true", "fluxcd.io/locked": "true" } }, "none", []],
    [{ annotations: { "fluxcd.io/automated": "true", "fluxcd.io/ignore": "true" } }, "none", []],
    [{ annotations: { "fluxcd.io/automated": "true", "fluxcd.io/ignore": "sync_only" } }, "flux-v1", []],
    [
      { annotations: { "fluxcd.io/automated": "true" }, labels: { "keel.sh/policy": "all" } },
      "none",
      ["Contradiction fluxcd.io/automated keel.sh/policy"],
    ],
    [{ annotations: { "fluxcd.io/automated": "true" }, labels: { "keel.sh/policy": "never" } }, "flux-v1", []],
    [
      { annotations: { "flux.weave.works/locked": "true" }, labels: { "keel.sh/policy": "all" } },
      "none",
      ["Contradiction flux.weave.works/locked keel.sh/policy"],
    ],
    [
      { annotations: { "fluxcd.io/ignore": "true" }, labels: { "keel.sh/policy": "all" } },
      "none",
      ["Contradiction fluxcd.io/ignore keel.sh/policy"],
    ],
    [
      { labels: { "keel.sh/policy": "minr" }, annotations: { "fluxcd.io/automated": "true" } },
      "flux-v1",
      ["InvalidValue keel.sh/policy"],
    ],
  ];
  test.each(rows)("%j is %s's", (metadata, by, problems) => {
    const read = readWorkloadPolicies(metadata);
    expect([read.by, shown(read.problems)]).toEqual([by, problems]);
  });

  test("the policy of a container", () => {
    const flux = readWorkloadPolicies({
      annotations: { "fluxcd.io/automated": "true", "fluxcd.io/tag.web": "semver:~1" },
    });
    expect(policyOfContainer(flux, "web")).toEqual({ form: "pattern", pattern: { form: "semver", text: "~1" } });
    expect(policyOfContainer(flux, "sidecar")).toEqual({ form: "pattern", pattern: { form: "glob", text: "*" } });
    expect(policyOfContainer(readWorkloadPolicies({}), "web")).toEqual({ form: "never" });
    expect(policyOfContainer(readWorkloadPolicies({ labels: { "keel.sh/policy": "all" } }), "web")).toMatchObject({
      form: "keel",
    });
  });

  test("whatever stands there is read, and says something for every container", () => {
    const key = fc.oneof(
      fc.constantFrom(
        "keel.sh/policy",
        "keel.sh/matchTag",
        "fluxcd.io/automated",
        "fluxcd.io/tag.a",
        "keel.sh/approvals",
      ),
      fc.string({ maxLength: 20 }),
    );
    const values = fc.dictionary(key, fc.oneof(fc.constantFrom("true", "all", "regexp:(", "glob:*"), fc.string()));
    fc.assert(
      fc.property(values, values, fc.string({ maxLength: 10 }), (labels, annotations, container) => {
        const read = readWorkloadPolicies({ labels, annotations });
        const { form } = policyOfContainer(read, container);
        return read.by === "none" ? form === "never" : form !== "never" || read.by === "keel";
      }),
    );
  });
});
