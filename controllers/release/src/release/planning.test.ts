import type { Release, ReleaseSpec, ReleaseStatus, WorkloadRelease } from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";
import type { Tag } from "@eddy/image-policy";
import type { ApprovalAnswer } from "@eddy/runtime/approval";
import type { Origin } from "@eddy/runtime/source-write";
import { describe, expect, it } from "vitest";
import { planAutomation } from "../automation/plan-automation.ts";
import { formatWorkloadId, parseWorkloadId } from "../workload/workload-id.ts";
import { readWorkload } from "../workload/workload.ts";
import { boundPlan } from "./bound-plan.ts";
import { automatedMessage, commitMessage } from "./commit-message.ts";
import { parsePerson } from "./commit-release.ts";
import { determineApplied } from "./determine-applied.ts";
import { determineState } from "./determine-state.ts";
import { planImages, type RegistryAnswers } from "./plan-images.ts";
import { planPolicies, policyAnnotations } from "./plan-policies.ts";
import { changeOf, determineVotes, votesRequired, type Votes } from "./release-votes.ts";
import { selectWorkloads, type OriginatedWorkload } from "./select-workloads.ts";

const git = {
  form: "git",
  written: {},
  branch: "main",
  kustomization: { metadata: { name: "app", namespace: "shop" } },
  repository: { metadata: { name: "app", namespace: "shop" } },
} as unknown as Origin;

function deployment(
  name: string,
  images: Record<string, string>,
  annotations: Record<string, string> = {},
): KubeObject {
  const containers = Object.entries(images).map(([container, image]) => ({ name: container, image }));
  const metadata = { name, namespace: "shop", annotations };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { template: { spec: { containers } } } };
}

function workload(
  name: string,
  images: Record<string, string>,
  annotations: Record<string, string> = {},
  origin: Origin = git,
): OriginatedWorkload {
  return { ...readWorkload(deployment(name, images, annotations)), origin };
}

describe("workload ids", () => {
  it.each([
    ["deployment/web", "shop:deployment/web"],
    ["Deployment/web", "shop:deployment/web"],
    ["prod:helmrelease/web", "prod:helmrelease/web"],
  ])("%s is %s", (text, want) => expect(formatWorkloadId(parseWorkloadId(text, "shop"))).toBe(want));

  it("a service is a Deployment", () =>
    expect(parseWorkloadId("prod/web", "shop", { withServices: true })).toEqual({
      namespace: "prod",
      kind: "deployment",
      name: "web",
    }));

  it.each(["web", "a/b/c", "a:b", "../x/y", "ns:deployment/", "ns:dep loyment/x", `deployment/${"x".repeat(300)}`])(
    "%j is none",
    (text) => expect(() => parseWorkloadId(text, "shop")).toThrow(/^read workload ".*want <namespace>:<kind>\/<name>/s),
  );
});

describe("selectWorkloads", () => {
  const web = { web: "nginx:1" };
  const locked = { "fluxcd.io/locked": "true", "fluxcd.io/locked_user": "jane", "fluxcd.io/locked_msg": "wait" };
  const image = (text: string, more: ReleaseSpec = {}): ReleaseSpec => ({ image: text, all: true, ...more });
  it.each<[string, ReleaseSpec, OriginatedWorkload, WorkloadRelease["status"] | "candidate", string?]>([
    ["asked for", image("nginx:2", { all: false, workloads: ["deployment/a"] }), workload("a", web), "candidate"],
    [
      "not asked for",
      image("nginx:2", { all: false, workloads: ["deployment/b"] }),
      workload("a", web),
      "ignored",
      "not included",
    ],
    ["excluded", image("nginx:2", { exclude: ["deployment/a"] }), workload("a", web), "ignored", "excluded"],
    [
      "excluded although named",
      image("nginx:2", { all: false, workloads: ["deployment/a"], exclude: ["shop:deployment/a"] }),
      workload("a", web),
      "ignored",
      "excluded",
    ],
    ["another image", image("redis:2"), workload("a", web), "ignored", "a different image"],
    ["the same image by another spelling", image("docker.io/library/nginx:2"), workload("a", web), "candidate"],
    ["locked", image("nginx:2"), workload("a", web, locked), "skipped", "locked by jane: wait"],
    [
      "locked, forced by all",
      image("nginx:2", { force: true }),
      workload("a", web, locked),
      "skipped",
      "locked by jane: wait",
    ],
    [
      "locked, forced by name",
      image("nginx:2", { force: true, all: false, workloads: ["deployment/a"] }),
      workload("a", web, locked),
      "candidate",
    ],
    ["ignored", image("nginx:2"), workload("a", web, { "fluxcd.io/ignore": "true" }), "skipped", "ignore"],
    [
      "locked, and its policies are changed",
      { all: true, policies: { remove: ["locked"] } },
      workload("a", web, locked),
      "candidate",
    ],
    [
      "nobody's",
      image("nginx:2"),
      workload("a", web, {}, { form: "cluster" }),
      "ignored",
      "not found in repository: nothing applied it from Git",
    ],
    [
      "of a bucket",
      image("nginx:2"),
      workload("a", web, {}, { form: "unwritable", reason: 'comes from Bucket "a/b"' }),
      "ignored",
      'not found in repository: it comes from Bucket "a/b"',
    ],
  ])("%s", (_name, spec, one, status, reason) => {
    const { candidates, refused } = selectWorkloads(spec, "shop", [one]);
    const judged = [...candidates.map(({ id }) => ({ id, status: "candidate" })), ...refused].find(
      ({ id }) => id === one.id,
    );
    expect(judged).toEqual({ id: one.id, status, ...(reason === undefined ? {} : { reason }) });
  });

  it("what is rendered by a HelmRelease is that one's", () => {
    const object = deployment("a", web);
    object.metadata.labels = { "helm.toolkit.fluxcd.io/name": "hr", "helm.toolkit.fluxcd.io/namespace": "shop" };
    const { refused } = selectWorkloads(image("nginx:2"), "shop", [{ ...readWorkload(object), origin: git }]);
    expect(refused[0]?.reason).toBe("not found in repository: it is rendered by shop:helmrelease/hr, release that");
  });

  it("what is asked for and not there", () => {
    const { refused } = selectWorkloads(image("nginx:2", { all: false, workloads: ["deployment/gone"] }), "shop", []);
    expect(refused).toEqual([{ id: "shop:deployment/gone", status: "skipped", reason: "not found in repository" }]);
  });
});

const day = 86_400_000;
const tags: Tag[] = [
  { name: "1.0.0", createdMs: day },
  { name: "1.1.0", createdMs: 2 * day },
  { name: "2.0.0", createdMs: 3 * day },
  { name: "latest", createdMs: 4 * day },
];
const answers: RegistryAnswers = { image: () => ({ digest: "sha256:ab" }), tags: () => ({ tags }) };

describe("planImages", () => {
  const filter = (pattern: string): Record<string, string> => ({ "fluxcd.io/tag.web": pattern });
  it.each<[string, ReleaseSpec, OriginatedWorkload, Partial<WorkloadRelease>]>([
    [
      "an image",
      { image: "nginx:2" },
      workload("a", { web: "nginx:1" }),
      {
        status: "success",
        containers: [{ container: "web", current: "nginx:1", target: "nginx:2", digest: "sha256:ab" }],
      },
    ],
    [
      "keeps how the name is spelled",
      { image: "docker.io/nginx:2" },
      workload("a", { web: "nginx:1" }),
      { containers: [{ container: "web", current: "nginx:1", target: "nginx:2", digest: "sha256:ab" }] },
    ],
    ["an older image, as asked", { image: "nginx:0.1" }, workload("a", { web: "nginx:1" }), { status: "success" }],
    [
      "what it runs",
      { image: "nginx:1" },
      workload("a", { web: "nginx:1" }),
      { status: "skipped", reason: "image(s) up to date" },
    ],
    [
      "only one of two containers",
      { image: "nginx:2" },
      workload("a", { web: "nginx:1", proxy: "envoy:1" }),
      { status: "success" },
    ],
    [
      "what the filter refuses",
      { image: "nginx:dev" },
      workload("a", { web: "nginx:1" }, filter("semver:*")),
      {
        status: "skipped",
        reason: 'filter "semver:*" of container "web" refuses it: tag "dev" is no semantic version',
      },
    ],
    [
      "what the filter refuses, forced",
      { image: "nginx:dev", force: true },
      workload("a", { web: "nginx:1" }, filter("semver:*")),
      { status: "success" },
    ],
    ["latest, as asked", { image: "nginx:latest" }, workload("a", { web: "nginx:1" }), { status: "success" }],
    [
      "a digest past a filter",
      { image: `nginx@sha256:${"a".repeat(64)}` },
      workload("a", { web: "nginx:1" }, filter("glob:v*")),
      {
        status: "skipped",
        reason: 'filter "glob:v*" of container "web" cannot judge an image without a tag: use --force',
      },
    ],
    [
      "the newest build",
      { updateAllImages: true },
      workload("a", { web: "nginx:1.0.0" }),
      { status: "success", containers: [{ container: "web", current: "nginx:1.0.0", target: "nginx:2.0.0" }] },
    ],
    [
      "the highest of a range",
      { updateAllImages: true },
      workload("a", { web: "nginx:1.0.0" }, filter("semver:~1")),
      { containers: [{ container: "web", current: "nginx:1.0.0", target: "nginx:1.1.0" }] },
    ],
    [
      "never older",
      { updateAllImages: true },
      workload("a", { web: "nginx:2.0.0" }, filter("semver:~1")),
      { status: "skipped", reason: "image(s) up to date" },
    ],
    [
      "a filter that lets nothing pass",
      { updateAllImages: true },
      workload("a", { web: "nginx:1.0.0" }, filter("glob:prod-*")),
      {
        status: "skipped",
        reason: 'cannot find one or more images: filter "glob:prod-*" of container "web" lets none of 4 tags pass',
      },
    ],
    [
      "held by a digest",
      { updateAllImages: true },
      workload("a", { web: `nginx@sha256:${"a".repeat(64)}` }),
      { status: "skipped", reason: 'container "web" is held by a digest' },
    ],
    [
      "exactly this container",
      { containers: [{ workload: "deployment/a", container: "web", current: "nginx:1", target: "nginx:3" }] },
      workload("a", { web: "nginx:1" }),
      { status: "success" },
    ],
    [
      "which runs something else by now",
      { containers: [{ workload: "deployment/a", container: "web", current: "nginx:1", target: "nginx:3" }] },
      workload("a", { web: "nginx:2" }),
      { status: "failed", reason: "container(s) tag mismatch: web: runs nginx:2, want nginx:1" },
    ],
    [
      "which is not there",
      { containers: [{ workload: "deployment/a", container: "x", current: "nginx:1", target: "nginx:3" }] },
      workload("a", { web: "nginx:2" }),
      { status: "failed", reason: "container(s) not found: x" },
    ],
  ])("%s", (_name, spec, one, want) => expect(planImages(spec, "shop", one, answers)).toMatchObject(want));

  it("what is no image", () =>
    expect(planImages({ updateAllImages: true }, "shop", workload("a", { web: "no image" }), answers).reason).toBe(
      'image "no image" cannot be read',
    ));

  it("what the registry refuses is told", () => {
    const refusing: RegistryAnswers = {
      image: () => ({ error: "MANIFEST_UNKNOWN" }),
      tags: () => ({ tags: [], error: "no login" }),
    };
    const one = workload("a", { web: "nginx:1" });
    expect(planImages({ image: "nginx:2" }, "shop", one, refusing).reason).toBe(
      "cannot find one or more images: nginx:2: MANIFEST_UNKNOWN",
    );
    expect(planImages({ updateAllImages: true }, "shop", one, refusing).reason).toBe(
      "cannot find one or more images: nginx: no login",
    );
  });
});

describe("boundPlan", () => {
  it("keeps what is not ignored, and some of the rest; masks and cuts reasons", () => {
    const many = Array.from({ length: 5_000 }, (_, at): WorkloadRelease => ({
      id: `s:deployment/${at}`,
      status: at === 4_999 ? "success" : "ignored",
    }));
    const bounded = boundPlan(
      [...many, { id: "x", status: "skipped", reason: `secret ${"y".repeat(5_000)}` }],
      (text) => text.replace("secret", "***"),
    );
    expect(bounded.length).toBe(202);
    expect(bounded.find(({ status }) => status === "success")?.id).toBe("s:deployment/4999");
    expect(bounded.at(-1)?.reason).toMatch(/^\*\*\* y{1996}…$/);
  });
});

describe("planAutomation", () => {
  const automated = { "fluxcd.io/automated": "true" };
  it("one release for all, by a name that says which change it is", () => {
    const both = [workload("b", { web: "nginx:1.0.0" }, automated), workload("a", { web: "nginx:1.1.0" }, automated)];
    const first = planAutomation("shop", both, answers);
    expect(first?.spec.containers?.map(({ workload: id, target }) => `${id} ${target}`)).toEqual([
      "shop:deployment/a nginx:2.0.0",
      "shop:deployment/b nginx:2.0.0",
    ]);
    expect(first?.spec.cause).toEqual({ message: "Auto-release nginx:2.0.0" });
    expect(planAutomation("shop", both.toReversed(), answers)?.name).toBe(first?.name);
    expect(planAutomation("shop", both.slice(1), answers)?.name).not.toBe(first?.name);
  });

  it.each<[string, OriginatedWorkload]>([
    ["not automated", workload("a", { web: "nginx:1.0.0" })],
    ["locked", workload("a", { web: "nginx:1.0.0" }, { ...automated, "fluxcd.io/locked": "true" })],
    ["the registry does not know what runs", workload("a", { web: "nginx:0.9" }, automated)],
    ["newest", workload("a", { web: "nginx:2.0.0" }, automated)],
    ["Keel's, too", workload("a", { web: "nginx:1.0.0" }, { ...automated, "keel.sh/policy": "all" })],
    [
      "a filter that cannot be read",
      workload("a", { web: "nginx:1.0.0" }, { ...automated, "fluxcd.io/tag.web": "regexp:(" }),
    ],
  ])("nothing: %s", (_name, one) => expect(planAutomation("shop", [one], answers)).toBeUndefined());

  it("words", () =>
    expect(automatedMessage(["a:1", "b:2", "a:1"])).toBe("Auto-release multiple (2) images\n\n - a:1\n - b:2"));
});

describe("policies", () => {
  it.each<[string, Record<string, string>, Parameters<typeof policyAnnotations>[0], Record<string, string | null>]>([
    ["set", {}, { set: { automated: "true" } }, { "fluxcd.io/automated": "true" }],
    ["removed", {}, { remove: ["locked"] }, { "fluxcd.io/locked": null }],
    [
      "the older prefix stays",
      { "flux.weave.works/automated": "true" },
      { set: { locked: "true" } },
      { "flux.weave.works/locked": "true" },
    ],
    [
      "every container",
      {},
      { set: { tag_all: "semver:~1" } },
      { "fluxcd.io/tag.web": "semver:~1", "fluxcd.io/tag.proxy": "semver:~1" },
    ],
    ["any tag is no filter", {}, { set: { "tag.web": "*" } }, { "fluxcd.io/tag.web": null }],
    [
      "the newer spelling of filters stays",
      { "filter.fluxcd.io/web": "glob:a" },
      { set: { "tag.web": "glob:b" } },
      { "filter.fluxcd.io/web": "glob:b" },
    ],
  ])("%s", (_name, annotations, change, want) =>
    expect(policyAnnotations(change, workload("a", { web: "x:1", proxy: "y:1" }, annotations))).toEqual(want),
  );

  it("what is there already", () =>
    expect(
      planPolicies({ set: { automated: "true" } }, workload("a", {}, { "fluxcd.io/automated": "true" })),
    ).toMatchObject({ status: "skipped", reason: "policies up to date" }));
});

describe("commitMessage", () => {
  const a: WorkloadRelease = {
    id: "shop:deployment/a",
    status: "success",
    containers: [{ container: "web", current: "x:1", target: "x:2" }],
  };
  const b: WorkloadRelease = { ...a, id: "shop:deployment/b" };
  it.each<[ReleaseSpec, WorkloadRelease[], string]>([
    [{ image: "x:2" }, [a, b], "Release x:2 to shop:deployment/a, shop:deployment/b"],
    [{ updateAllImages: true, all: true }, [a], "Release all latest images to all workloads"],
    [{ image: "x:2", cause: { message: "why" } }, [a], "why"],
    [{ policies: { set: { automated: "true" } } }, [a], "Automated: shop:deployment/a"],
    [{ policies: { remove: ["automated"] } }, [a], "Deautomated: shop:deployment/a"],
    [{ policies: { set: { locked: "true" } }, cause: { message: "why" } }, [a], "why\n\nLocked: shop:deployment/a"],
    [{ policies: { remove: ["locked"] } }, [a], "Unlocked: shop:deployment/a"],
    [{ policies: { set: { "tag.web": "x" } } }, [a], "Updated policies: shop:deployment/a"],
    [
      { policies: { set: { "tag.web": "x" } } },
      [a, b],
      "Updated workload policies\n\n- shop:deployment/a\n- shop:deployment/b",
    ],
    [{ containers: [] }, [a], "Update image refs in shop:deployment/a\n\nshop:deployment/a\n- x:2"],
  ])("%j", (spec, changed, want) => expect(commitMessage(spec, changed)).toBe(want));

  it.each([
    ["Jane <jane@example.org>", { name: "Jane", email: "jane@example.org" }],
    ["jane", { name: "jane", email: "" }],
    ["<a@b>", { name: "a@b", email: "a@b" }],
    ["", undefined],
    ["x <y>\nz", { name: "x yz", email: "" }],
  ])("%j is an author", (text, want) => expect(parsePerson(text)).toEqual(want));
});

describe("determineState", () => {
  const changed: WorkloadRelease = { id: "a", status: "success", repository: "s/app" };
  const commits = [{ repository: "s/app", revision: "main@sha1:1", message: "", time: "" }];
  it.each<[string, ReleaseSpec, ReleaseStatus | undefined, string]>([
    ["new", {}, undefined, "Unplanned"],
    ["died while it planned", {}, { phase: "Planning" }, "Unplanned"],
    ["planned", {}, { phase: "Committing", workloads: [changed] }, "Uncommitted"],
    [
      "one of two repositories",
      {},
      { phase: "Committing", workloads: [changed, { ...changed, repository: "s/other" }], commits },
      "Uncommitted",
    ],
    ["needs votes", {}, { phase: "AwaitingApproval", workloads: [changed] }, "Unapproved"],
    ["has its votes", {}, { phase: "Planning", workloads: [changed], approval: "a" }, "Unplanned"],
    ["nothing to vote on", {}, { phase: "AwaitingApproval", workloads: [] }, "Planned"],
    ["votes were used", {}, { phase: "Committing", workloads: [changed], approval: "a" }, "Uncommitted"],
    ["only a plan was asked for", { dryRun: true }, { phase: "Committing", workloads: [changed] }, "Planned"],
    ["nothing to do", {}, { phase: "Committing", workloads: [{ id: "a", status: "skipped" }] }, "Planned"],
    ["died after the push", {}, { phase: "Committing", workloads: [changed], commits }, "Unrequested"],
    ["the cluster was told", {}, { phase: "Applying", workloads: [changed], commits }, "Unapplied"],
    ["applied", { wait: true }, { phase: "RollingOut", workloads: [changed], commits }, "Unready"],
    ["done", {}, { phase: "Succeeded", workloads: [changed] }, "Done"],
    ["failed", {}, { phase: "Failed" }, "Done"],
  ])("%s", (_name, spec, status, want) => expect(determineState(spec, status).kind).toBe(want));
});

describe("votes", () => {
  const answer = { approval: { namespace: "shop", name: "a" }, isNew: false, message: "0 of 1 vote" };
  it.each<[string, ApprovalAnswer, Votes]>([
    ["nobody asks", { ...answer, approval: undefined, isApproved: true, phase: undefined }, { kind: "unneeded" }],
    [
      "enough",
      { ...answer, isApproved: true, phase: "Approved" },
      { kind: "granted", approval: "a", message: "0 of 1 vote" },
    ],
    [
      "too few",
      { ...answer, isApproved: false, phase: "Pending" },
      { kind: "missing", message: "waits for votes on approval/a: 0 of 1 vote" },
    ],
    [
      "approved by fewer than by now are needed",
      { ...answer, isApproved: false, phase: "Approved" },
      { kind: "missing", message: "waits for votes on approval/a: 0 of 1 vote" },
    ],
    [
      "no",
      { ...answer, isApproved: false, phase: "Rejected" },
      { kind: "refused", message: "approval/a: 0 of 1 vote" },
    ],
    [
      "nothing",
      { ...answer, isApproved: false, phase: "Expired" },
      { kind: "refused", message: "approval/a: 0 of 1 vote" },
    ],
  ])("%s", (_name, given, want) => expect(determineVotes(given)).toEqual(want));

  const release = (annotations: Record<string, string>, spec: ReleaseSpec): Release =>
    ({ metadata: { name: "r", namespace: "shop", annotations }, spec }) as unknown as Release;
  const day = 24 * 3_600_000;
  it.each<[string, Record<string, string>, ReleaseSpec, Record<string, string>[], [number, number]]>([
    ["nobody", {}, { image: "nginx:2" }, [{}], [0, day]],
    ["the release", { "eddy.sh/approvals": "2" }, { image: "nginx:2" }, [{}], [2, day]],
    [
      "the most, with its deadline",
      { "eddy.sh/approvals": "1" },
      { image: "nginx:2" },
      [{ "eddy.sh/approvals": "2", "eddy.sh/approval-deadline": "1h" }, { "keel.sh/approvals": "3" }],
      [3, day],
    ],
    [
      "a workload",
      {},
      { image: "nginx:2" },
      [{ "eddy.sh/approvals": "2", "eddy.sh/approval-deadline": "1h" }],
      [2, 3_600_000],
    ],
    [
      "a lock of it asks nobody",
      {},
      { policies: { set: { locked: "true" } } },
      [{ "eddy.sh/approvals": "2" }],
      [0, day],
    ],
    ["a lock whose release does", { "eddy.sh/approvals": "1" }, { policies: {} }, [{}], [1, day]],
  ])("are asked for by %s", (_name, annotations, spec, workloads, [count, deadlineMs]) =>
    expect(
      votesRequired(
        release(annotations, spec),
        workloads.map((own) => workload("web", { web: "nginx:1" }, own)),
      ),
    ).toEqual({ votesRequired: count, deadlineMs }),
  );

  it("what cannot be read asks for no fewer", () => {
    const odd = [workload("web", { web: "nginx:1" }, { "eddy.sh/approvals": "many" })];
    expect(() => votesRequired(release({}, { image: "nginx:2" }), odd)).toThrow(/want a number up to 100$/);
  });

  it("are on images and their digests, and on policies", () => {
    const containers = [{ container: "web", current: "nginx:1", target: "nginx:2", digest: "sha256:a" }];
    const planned: WorkloadRelease = { id: "shop:deployment/web", status: "success", containers };
    const change = changeOf({ image: "nginx:2" }, [planned, { id: "shop:deployment/b", status: "skipped" }]);
    expect(change).toMatchObject({ from: "shop:deployment/web web=nginx:1", to: "shop:deployment/web web=nginx:2" });
    const moved = { ...planned, containers: containers.map((one) => ({ ...one, digest: "sha256:b" })) };
    expect(changeOf({ image: "nginx:2" }, [moved]).digest).not.toBe(change.digest);
    const { digest: _, ...lock } = changeOf({ policies: { set: { locked: "true" } } }, [planned]);
    expect(lock).toEqual({ from: "shop:deployment/web", to: '{"set":{"locked":"true"}}' });
    const many = Array.from({ length: 1_000 }, (_one, at) => ({ ...planned, id: `shop:deployment/web-${at}` }));
    expect(changeOf({ image: "nginx:2" }, many).to).toHaveLength(4_000);
    expect(changeOf({ image: "nginx:2" }, many).digest).not.toBe(changeOf({ image: "nginx:2" }, many.slice(1)).digest);
  });
});

describe("determineApplied", () => {
  const planned: WorkloadRelease = {
    id: "shop:deployment/a",
    status: "success",
    kustomization: "s/app",
    repository: "s/app",
    containers: [{ container: "web", current: "x:1", target: "x:2" }],
  };
  const seen = (
    object: KubeObject,
    spec: object = {},
    status: object = {},
    source: object = {},
  ): Parameters<typeof determineApplied>[2] =>
    ({
      object,
      revision: "main@sha1:2",
      kustomization: { spec, status },
      repository: { spec: source },
    }) as unknown as Parameters<typeof determineApplied>[2];
  const [before, after] = [deployment("a", { web: "x:1" }), deployment("a", { web: "x:2" })];
  const failed = {
    lastAttemptedRevision: "main@sha1:2",
    conditions: [{ type: "Ready", status: "False", reason: "BuildFailed", message: "no" }],
  };
  it.each<[string, Parameters<typeof determineApplied>[2], string, string?]>([
    ["it runs it, whatever else is wrong", seen(after, { suspend: true }, failed), "applied"],
    ["not yet", seen(before), "waiting", 'waiting for Kustomization "s/app" to apply main@sha1:2'],
    [
      "suspended",
      seen(before, { suspend: true }),
      "failed",
      'Kustomization "s/app" is suspended: resume it to apply main@sha1:2',
    ],
    [
      "its source is suspended",
      seen(before, {}, {}, { suspend: true }),
      "failed",
      'GitRepository "s/app" is suspended: resume it to apply main@sha1:2',
    ],
    ["it was tried", seen(before, {}, failed), "failed", 'Kustomization "s/app": no'],
    [
      "it was applied, and somebody else changed it",
      seen(before, {}, { lastAppliedRevision: "main@sha1:2" }),
      "failed",
      'Kustomization "s/app" has applied main@sha1:2, and shop:deployment/a is not as planned',
    ],
  ])("%s", (_name, observed, kind, message) =>
    expect(determineApplied({}, planned, observed)).toEqual({ kind, ...(message === undefined ? {} : { message }) }),
  );
});
