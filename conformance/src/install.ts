import { kinds } from "@eddy/api";
import { installManifests } from "@eddy/cli";
import { messageOf } from "@eddy/core/errors";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import { kindCases, type KindCase } from "./install/kind-cases.ts";
import { startRealControlPlane } from "./real-control-plane.ts";
import type { Report, Suite } from "./suite.ts";

/** What `eddy install` applies, and what the API server then says to objects of every kind. */
export const suite: Suite = {
  name: "install",
  summary: "the install manifests and the kinds' schemas on the real kube-apiserver",
  async run(report, options) {
    const plane = await startRealControlPlane(
      options.upstreamBin === undefined ? {} : { upstreamBin: options.upstreamBin },
    );
    if (!plane) return report.skip("all cases", "the real control plane is not built: npm run upstream");
    const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
    try {
      await applyManifests(report, kube);
      for (const kind of kinds) await checkEstablished(report, kube, `${kind.plural}.${kind.group}`);
      for (const testCase of kindCases) await checkCase(report, kube, testCase);
    } finally {
      kube.close();
      await plane.stop();
    }
  },
};

async function applyManifests(report: Report, kube: KubeClient): Promise<void> {
  const manifests = installManifests({
    namespace: "flux-system",
    watchAllNamespaces: true,
    logLevel: "info",
    networkPolicy: true,
    clusterDomain: "cluster.local",
  });
  for (const object of manifests) {
    const name = `apply ${object.kind}/${object.metadata.name}`;
    await told(report, name, async () => {
      await kube.apply(object, { fieldManager: "flux", force: true, fieldValidation: "Strict" });
    });
  }
}

/** A CRD whose schema is not structural, or whose names are taken, is accepted and never served: its conditions say so. */
async function checkEstablished(report: Report, kube: KubeClient, name: string): Promise<void> {
  await told(report, `${name} is established`, async () => {
    for (let attempt = 0; ; attempt++) {
      const crd = await kube.get({
        group: "apiextensions.k8s.io",
        kind: "CustomResourceDefinition",
        namespace: "",
        name,
      });
      const conditions = (valueAt(crd, "status", "conditions") ?? []) as {
        type: string;
        status: string;
        message: string;
      }[];
      const fault = conditions.find(
        (condition) => condition.type === "NonStructuralSchema" && condition.status === "True",
      );
      if (fault) throw new Error(fault.message);
      if (conditions.some((condition) => condition.type === "Established" && condition.status === "True")) return;
      if (attempt === 100) throw new Error(`not established: ${JSON.stringify(conditions)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });
}

async function checkCase(
  report: Report,
  kube: KubeClient,
  { name, object, refusal, readAs, want }: KindCase,
): Promise<void> {
  await told(report, name, async () => {
    const answer = await kube.create(object, { fieldValidation: "Strict" }).then(
      (created) => created,
      (error: unknown) => messageOf(error),
    );
    if (refusal !== undefined) {
      if (typeof answer !== "string" || !answer.includes(refusal))
        throw new Error(`want a refusal with ${JSON.stringify(refusal)}, got ${JSON.stringify(answer)}`);
      return;
    }
    if (typeof answer === "string") throw new Error(answer);
    const [group = "", version = ""] = readAs.split("/");
    const { namespace = "", name: objectName } = answer.metadata;
    compare(await kube.get({ group, version, kind: object.kind, namespace, name: objectName }), want);
  });
}

function compare(object: KubeObject, want: Readonly<Record<string, unknown>>): void {
  for (const [path, value] of Object.entries(want)) {
    const found = valueAt(object, ...path.split("."));
    if (JSON.stringify(found) !== JSON.stringify(value)) {
      throw new Error(`${path} is ${JSON.stringify(found)}, want ${JSON.stringify(value)}`);
    }
  }
}

async function told(report: Report, name: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
    report.pass(name);
  } catch (error) {
    report.fail(name, messageOf(error));
  }
}
