import { describe, expect, test } from "vitest";
import { crdOf, kindOf, kinds, type JsonSchema } from "./index.ts";

describe("every kind", () => {
  for (const kind of kinds) {
    test(`${kind.kind} stores exactly one version, which is served, and warns of the others`, () => {
      const stored = kind.versions.filter((version) => version.storage);
      expect(stored.map((version) => version.name)).toEqual([kind.storageVersion]);
      expect(kind.versions.every((version) => version.served)).toBe(true);
      for (const version of kind.versions) expect(version.deprecationWarning === undefined).toBe(version.storage);
    });

    test(`${kind.kind} describes every field and every schema is structural`, () => {
      for (const version of kind.versions) {
        const faults = Object.entries(version.members).flatMap(([name, member]) => faultsOf(member, name));
        expect(faults).toEqual([]);
      }
    });

    test(`${kind.kind} is found by group and kind, and named as its CRD is`, () => {
      expect(kindOf(kind)).toBe(kind);
      expect(crdOf(kind).metadata).toEqual({
        name: `${kind.plural}.${kind.group}`,
        annotations: { "kustomize.toolkit.fluxcd.io/substitute": "disabled" },
      });
    });

    test(`${kind.kind} shows Ready and the message of an object that nobody has looked at yet`, () => {
      const fresh = { apiVersion: `${kind.group}/${kind.storageVersion}`, kind: kind.kind, metadata: { name: "new" } };
      const row = Object.fromEntries(kind.cli.columns.map((column) => [column.header, column.value(fresh)]));
      const suspended = "Suspended" in row ? { Suspended: "False" } : {};
      const isStatic = kind.cli.isStatic?.(fresh) === true;
      const unready = { Ready: "False", Message: "waiting to be reconciled" };
      expect(row).toMatchObject({ ...suspended, ...(isStatic ? { Ready: "True" } : unready) });
    });
  }

  test("only the older versions of Kustomization know validation, which has no effect", () => {
    const kind = kindOf({ group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization" });
    const knowing = kind?.versions.filter(({ members }) => members["spec"]?.properties?.["validation"] !== undefined);
    expect(knowing?.map(({ name }) => name)).toEqual(["v1beta2", "v1beta1"]);
  });

  test("sources, Kustomizations, releases, notifications and images say what differs from Flux, and what became of older versions", () => {
    const groups = ["source", "source.extensions", "kustomize", "helm", "notification", "image"];
    const told = kinds.filter(({ group }) => groups.includes(group.replace(/(\.toolkit)?\.fluxcd\.io$/, "")));
    expect(told).toHaveLength(15);
    for (const kind of told) {
      const said = {
        kind: kind.kind,
        differs: kind.differences !== undefined,
        older: kind.olderVersions !== undefined,
      };
      expect(said).toEqual({ kind: kind.kind, differs: true, older: kind.versions.length > 1 });
    }
  });

  test("command line names are unique", () => {
    const words = kinds.flatMap((kind) => [kind.cli.path.join(" "), ...kind.cli.aliases]);
    expect(new Set(words).size).toBe(words.length);
  });
});

function faultsOf(schema: JsonSchema, path: string): string[] {
  const properties = Object.entries(schema.properties ?? {});
  return [
    ...(schema.type === undefined && !schema["x-kubernetes-preserve-unknown-fields"] ? [`${path} has no type`] : []),
    ...(schema.required ?? [])
      .filter((name) => !schema.properties?.[name])
      .map((name) => `${path}.${name} is required but unknown`),
    ...properties.flatMap(([name, member]) => (member.description ? [] : [`${path}.${name} has no description`])),
    ...properties.flatMap(([name, member]) => faultsOf(member, `${path}.${name}`)),
    ...(schema.items ? faultsOf(schema.items, `${path}[]`) : []),
  ];
}
