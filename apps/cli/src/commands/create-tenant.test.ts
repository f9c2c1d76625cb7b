import { loadDocuments } from "@eddy/goyaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runWords, startCliBed, type CliBed } from "../testing/cli-bed.ts";

let bed: CliBed;
beforeAll(async () => {
  bed = await startCliBed();
});
afterAll(() => bed.stop());

const rbac = "rbac.authorization.k8s.io";
const roleBinding = (namespace: string) =>
  bed.kube.get({ group: rbac, version: "v1", kind: "RoleBinding", namespace, name: "dev-reconciler" });
const namespaceOf = (name: string) =>
  bed.kube.get({ group: "", version: "v1", kind: "Namespace", namespace: "", name });

describe("create tenant", () => {
  test("prints a namespace, an account and a binding for each namespace", async () => {
    const words = "create tenant dev --with-namespace=a,b --label=team=x --export";
    const { code, stdout } = await runWords(words.split(" "));
    const objects = loadDocuments(stdout).map(({ value }) => value) as unknown as {
      kind: string;
      metadata: { name: string; labels: object };
    }[];
    expect(code).toBe(0);
    expect(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual(
      ["a", "b"].flatMap((ns) => [`Namespace/${ns}`, "ServiceAccount/dev", "RoleBinding/dev-reconciler"]),
    );
    for (const { metadata } of objects)
      expect(metadata.labels).toEqual({ team: "x", "toolkit.fluxcd.io/tenant": "dev" });
  });

  test("leaves the namespace out, and takes another account and role", async () => {
    const flags = "--skip-namespace --with-service-account=flux --cluster-role=view";
    const { stdout } = await runWords(`create tenant dev --with-namespace=a ${flags} --export`.split(" "));
    expect(stdout).not.toContain("kind: Namespace");
    expect(stdout).toContain("- kind: ServiceAccount\n  name: flux\n  namespace: a\n");
    expect(stdout).toContain("kind: ClusterRole\n  name: view\n");
  });

  test("applies them, says so, and may run again", async () => {
    await bed.kube.create({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "taken", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
    const said = ["namespace taken", "service account dev", "role binding dev-reconciler"];
    const want = `${said.map((what) => `► applying ${what}\n`).join("")}✔ tenant setup completed\n`;
    const words = "create tenant dev --with-namespace=taken";
    expect(await bed.run("default", words)).toEqual({ code: 0, stdout: "", stderr: want });
    const before = await roleBinding("taken");
    expect(await bed.run("default", words)).toEqual({ code: 0, stdout: "", stderr: want });
    expect((await roleBinding("taken")).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    expect((await namespaceOf("taken")).metadata.labels).toMatchObject({
      "pod-security.kubernetes.io/enforce": "restricted",
      "toolkit.fluxcd.io/tenant": "dev",
    });
  });

  test("gives a tenant another role, and labels", async () => {
    await bed.run("default", "create tenant dev --with-namespace=moved");
    await bed.run("default", "create tenant dev --with-namespace=moved --cluster-role=view --label=a=b");
    const binding = await roleBinding("moved");
    expect(binding["roleRef"]).toMatchObject({ name: "view" });
    expect(binding.metadata.labels).toEqual({ a: "b", "toolkit.fluxcd.io/tenant": "dev" });
    expect((await namespaceOf("moved")).metadata.labels).toMatchObject({ a: "b" });
  });

  test.each([
    ["dev", "with-namespace is required"],
    ["", "name is required"],
    ["x --with-namespace=a", "name 'x' is invalid"],
    ["dev --with-namespace=a --cluster-role=", "cluster-role is required"],
    ["dev --with-namespace=a/b/c", "invalid namespace 'a/b/c': [a valid label key must consist of"],
    ["dev --with-namespace=_/", "invalid namespace '_/': [prefix part a lowercase RFC 1123 subdomain"],
    ["dev --with-namespace=a --with-service-account=-", "invalid service-account name '-': [name part must"],
    ["dev --with-namespace=a --label=a", "invalid label format 'a', must be key=value"],
    ["dev --with-namespace=a --label=-=b", "invalid label '-': [name part must consist of"],
    ["dev --with-namespace=a --label=a=-", "invalid label value '-': [a valid label must be an empty string"],
  ])("%s is refused", async (words, why) => {
    const all = `create tenant ${words} --export`.split(" ").filter((word) => word !== "");
    const { code, stdout, stderr } = await runWords(all);
    expect(stderr).toContain(why);
    expect([code, stdout]).toEqual([1, ""]);
  });
});
