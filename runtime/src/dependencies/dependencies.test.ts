import { helmGroup, kustomizeGroup, type DependencyReference } from "@eddy/api";
import { describe, expect, test } from "vitest";
import { dependenciesOf, foreignReferencesOf, knownDependencyRefsOf, type Dependant } from "./dependency.ts";
import { describeCycle, findCycle } from "./find-cycle.ts";

function dependant(
  kind: "Kustomization" | "HelmRelease",
  name: string,
  ...dependsOn: DependencyReference[]
): Dependant {
  const group = kind === "Kustomization" ? kustomizeGroup : helmGroup;
  return { apiVersion: `${group}/v1`, kind, metadata: { name, namespace: "own" }, spec: { dependsOn } };
}

describe("dependenciesOf", () => {
  const ks = "Kustomization";
  const hr = "HelmRelease";
  const cases: readonly [of: "Kustomization" | "HelmRelease", entry: Partial<DependencyReference>, want: string][] = [
    [ks, {}, `known ${kustomizeGroup}/Kustomization own/a`],
    [ks, { namespace: "other" }, `known ${kustomizeGroup}/Kustomization other/a`],
    [ks, { namespace: "" }, `known ${kustomizeGroup}/Kustomization own/a`],
    [ks, { kind: ks }, `known ${kustomizeGroup}/Kustomization own/a`],
    [ks, { apiVersion: `${kustomizeGroup}/v1`, kind: ks }, `known ${kustomizeGroup}/Kustomization own/a`],
    [ks, { kind: hr }, `foreign ${helmGroup}/HelmRelease own/a`],
    [ks, { apiVersion: "example.org/v1", kind: ks }, "foreign example.org/Kustomization own/a of v1"],
    [ks, { apiVersion: "v1", kind: "Secret" }, "foreign /Secret own/a of v1"],
    [hr, {}, `known ${helmGroup}/HelmRelease own/a`],
    [hr, { kind: ks }, `known ${kustomizeGroup}/Kustomization own/a`],
    [hr, { apiVersion: "apps/v1", kind: "Deployment", namespace: "b" }, "foreign apps/Deployment b/a of v1"],
    [hr, { kind: "constructor" }, "foreign /constructor own/a"],
  ];
  test.each(cases)("of a %s: %j", (of, entry, want) => {
    const [found] = dependenciesOf(dependant(of, "self", { name: "a", ...entry }));
    const { group, kind, namespace, name } = found?.ref ?? { group: "", kind: "", namespace: "", name: "" };
    const version = found?.isForeign && found.version ? ` of ${found.version}` : "";
    expect(`${found?.isForeign ? "foreign" : "known"} ${group}/${kind} ${namespace}/${name}${version}`).toBe(want);
  });

  test("what is foreign is watched by what decides", () => {
    const object = dependant(
      ks,
      "self",
      { name: "known" },
      { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      { apiVersion: "apps/v1", kind: "Deployment", name: "expr", readyExpr: "true" },
      { apiVersion: "v1", kind: "Secret", name: "there" },
    );
    expect(knownDependencyRefsOf(object).map(({ name }) => name)).toEqual(["known"]);
    expect(foreignReferencesOf(object).map(({ ref, by }) => `${ref.name} ${by}`)).toEqual([
      "web state",
      "expr version",
      "there existence",
    ]);
  });
});

describe("findCycle", () => {
  const cycleOf = (...objects: Dependant[]): string =>
    describeCycle(
      findCycle(objects[0] as Dependant, ({ kind, name }) =>
        objects.find((object) => object.kind === kind && object.metadata.name === name),
      ),
    );
  const ks = (name: string, ...on: string[]): Dependant =>
    dependant("Kustomization", name, ...on.map((to) => ({ name: to })));

  test("none", () => {
    expect(cycleOf(ks("a"))).toBe("");
    expect(cycleOf(ks("a", "b", "c"), ks("b", "c"), ks("c"))).toBe("");
    // A circle of others is told to them.
    expect(cycleOf(ks("a", "b"), ks("b", "c"), ks("c", "b"))).toBe("");
  });
  test("on itself, and over others", () => {
    expect(cycleOf(ks("a", "a"))).toBe(": circular dependency a");
    expect(cycleOf(ks("a", "x", "b"), ks("b", "c"), ks("c", "a"))).toBe(": circular dependency b → c → a");
  });
  test("over another kind", () => {
    const a = dependant("Kustomization", "a", { kind: "HelmRelease", name: "a" });
    const release = dependant("HelmRelease", "a", { kind: "Kustomization", name: "a" });
    expect(cycleOf(a, release)).toBe(": circular dependency HelmRelease/a → Kustomization/a");
  });
  test("what only looks like one of ours has no dependencies", () => {
    const a = dependant("Kustomization", "a", { apiVersion: "example.org/v1", kind: "Kustomization", name: "b" });
    expect(findCycle(a, () => ks("b", "a"))).toBeUndefined();
  });
});
