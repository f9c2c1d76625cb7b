import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startControlPlane, type ControlPlane } from "./index.ts";

const installed = spawnSync("kubectl", ["version", "--client"]).status === 0;

const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: c, image: "nginx:1.25"}]
`;
const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, kind: Widget, shortNames: [wd]}
  versions:
  - name: v1
    served: true
    storage: true
    additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
    schema:
      openAPIV3Schema:
        type: object
        properties: {spec: {type: object, properties: {size: {type: integer, description: How large.}}}}
`;

// The program itself, where there is one; otherwise this block is shown as skipped.
describe.skipIf(!installed)("kubectl", () => {
  let server: ControlPlane;
  let dir: string;
  beforeAll(async () => {
    server = await startControlPlane();
    dir = mkdtempSync(join(tmpdir(), "eddy-kubectl-"));
    writeFileSync(join(dir, "config"), server.kubeconfig);
    writeFileSync(join(dir, "web.yaml"), manifest);
    writeFileSync(join(dir, "changed.yaml"), manifest.replace("1.25", "1.26"));
    writeFileSync(join(dir, "definition.yaml"), definition);
    writeFileSync(
      join(dir, "list.yaml"),
      "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: l1}}\n",
    );
  });
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Exit code and both outputs. */
  const kubectl = (...args: string[]): Promise<{ code: number; text: string }> =>
    new Promise((resolve) => {
      const env = {
        ...process.env,
        KUBECONFIG: join(dir, "config"),
        HOME: dir,
        KUBECACHEDIR: join(dir, "cache"),
        KUBE_EDITOR: "sed -i s/one/two/",
      };
      execFile("kubectl", args, { env, cwd: dir }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), text: `${stdout}${stderr}` }),
      );
    });

  test.each([
    ["api-resources --api-group=apps -o name", 0, /deployments\.apps/],
    ["create configmap cm --from-literal=k=one", 0, /configmap\/cm created/],
    ["get configmap cm -o jsonpath={.data.k}", 0, /^one$/],
    ["edit configmap cm", 0, /edited/],
    ["get configmap cm -o jsonpath={.data.k}", 0, /^two$/],
    ["apply -f web.yaml", 0, /web created/],
    ["apply -f web.yaml", 0, /web unchanged/],
    ["diff -f changed.yaml", 1, /\+ {6}- image: nginx:1\.26/],
    ["apply -f changed.yaml", 0, /web configured/],
    ["apply --server-side --field-manager=other -f web.yaml", 1, /conflict with "kubectl-client-side-apply"/],
    ["apply --server-side -f web.yaml", 0, /serverside-applied/],
    ["get deployments", 0, /NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +0\/2/],
    ["describe deployment web", 0, /Replicas: +2 desired/],
    ["scale deployment web --replicas=3", 0, /scaled/],
    ["rollout restart deployment web", 0, /restarted/],
    ["explain deployment.spec.replicas", 0, /Number of desired pods/],
    ["apply -f definition.yaml", 0, /created/],
    ["wait --for=condition=Established crd/widgets.example.com --timeout=10s", 0, /condition met/],
    ["explain widget.spec.size", 0, /How large/],
    ["apply -f list.yaml", 0, /configmap\/l1 created/],
    ["explain pod.spec.nodeName --output=plaintext-openapiv2", 0, /FIELD: +nodeName/],
    ["get wd", 0, /No resources found/],
    ["create token default", 0, /^[\w-]+\.[\w-]+\.[\w-]+/],
    ["auth can-i create pods --as=alice", 1, /no/],
    ["delete deployment web --wait", 0, /deleted/],
    ["get deployment web", 1, /NotFound/],
  ])("kubectl %s", async (command, code, text) => {
    const found = await kubectl(...command.split(" "));
    expect(found.text).toMatch(text);
    expect(found.code).toBe(code);
  });
});
