import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { cloneJson, parseApiVersion, type KubeObject } from "@eddy/core/object";
import type { GroupVersionResource } from "@eddy/control-plane";
import * as resources from "./frame/resources.ts";
import type { Deployment } from "./frame/shapes.ts";
import { controllerView, type State } from "./testing/controller-view.ts";
import { stage } from "./testing/scene.ts";

interface Golden {
  /** Objects as they were applied. */
  given: KubeObject[];
  /** What kube-controller-manager 1.36.3 had made of them in the end. */
  state: Record<string, unknown[]>;
}

const golden = JSON.parse(readFileSync(new URL("testdata/golden/controllers.json", import.meta.url), "utf8")) as Golden;
const all = Object.values(resources).filter((value): value is GroupVersionResource => typeof value === "object");
const collectionOf = ({ apiVersion, kind }: KubeObject): GroupVersionResource => {
  const plural = `${kind.toLowerCase()}s`;
  const found = all.find(({ group, resource }) => group === parseApiVersion(apiVersion).group && resource === plural);
  if (!found) throw new Error(`no resource for ${kind}`);
  return found;
};

/** The same story as was played to the real controllers: everything applied, then a new image for one Deployment. */
function play(): State {
  const scene = stage(golden.given.map((object) => [collectionOf(object), object]));
  scene.pass(6_000);
  const copy = cloneJson(scene.get<Deployment>(resources.deployments, "d"));
  copy.spec.template.spec.containers = [{ name: "c", image: "example.org/app:2" }];
  scene.access.update(resources.deployments, copy);
  scene.pass(6_000);
  return Object.fromEntries(
    all
      .flatMap((resource) => scene.list(resource))
      .reduce(
        (byKind, object) => byKind.set(object.kind, [...(byKind.get(object.kind) ?? []), object]),
        new Map<string, KubeObject[]>(),
      ),
  );
}

const played: { view?: Record<string, unknown[]> } = {};

test.for(Object.keys(golden.state))("%s: as the real controllers leave it", (kind) => {
  played.view ??= controllerView(play());
  expect(played.view[kind]).toEqual(golden.state[kind]);
});
