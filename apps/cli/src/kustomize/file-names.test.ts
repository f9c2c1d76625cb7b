import { expect, test } from "vitest";
import { fileNames, type NamedObject } from "./file-names.ts";

const object = (apiVersion: string, kind: string, name: string, namespace?: string): NamedObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
});

// What kustomize 5.8.2 wrote for these.
test("several namespaces", () => {
  const objects = [
    object("v1", "ConfigMap", "A.b", "One"),
    object("apps/v1", "Deployment", "d", "two"),
    object("v1", "Namespace", "two"),
    object("rbac.authorization.k8s.io/v1", "ClusterRole", "system:x"),
    object("v1", "ConfigMap", "nons"),
  ];
  expect(fileNames(objects)).toEqual([
    "one_v1_configmap_a.b.yaml",
    "two_apps_v1_deployment_d.yaml",
    "v1_namespace_two.yaml",
    "rbac.authorization.k8s.io_v1_clusterrole_system:x.yaml",
    "default_v1_configmap_nons.yaml",
  ]);
});

test("one namespace is not named", () => {
  expect(fileNames([object("v1", "ConfigMap", "a"), object("v1", "Namespace", "n")])).toEqual([
    "v1_configmap_a.yaml",
    "v1_namespace_n.yaml",
  ]);
});

test("a name cannot leave the folder", () => {
  expect(fileNames([object("v1", "ConfigMap", "../../x")])).toEqual(["v1_configmap_.._.._x.yaml"]);
});
