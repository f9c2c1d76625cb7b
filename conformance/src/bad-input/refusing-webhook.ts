import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import type { Bed } from "./bed.ts";
import type { FaultProxy, ProxiedRequest, Fault } from "./fault-proxy.ts";

const name = "refuse.example.org";
const reason = "not on a Friday";

/** Registers an admission webhook that denies every ConfigMap with the label `refuse: me`; returns how to end it. */
export async function startRefusingWebhook({ kube, dir }: Bed): Promise<() => Promise<void>> {
  const [key, cert] = [join(dir, "webhook.key"), join(dir, "webhook.crt")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const subject = ["-days", "2", "-subj", "/CN=webhook", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync("openssl", ["req", "-x509", ...curve, ...subject, "-keyout", key, "-out", cert], { stdio: "pipe" });
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (message, response) => {
    void json(message).then((review) => {
      const { uid } = (review as { request: { uid: string } }).request;
      const status = { code: 403, reason: "Forbidden", message: reason };
      const answer = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview" };
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ ...answer, response: { uid, allowed: false, status } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await kube.create({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name },
    webhooks: [
      {
        name,
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        objectSelector: { matchLabels: { refuse: "me" } },
        rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["configmaps"] }],
        clientConfig: {
          url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`,
          caBundle: readFileSync(cert).toString("base64"),
        },
      },
    ],
  });
  return async () => {
    await kube.delete({
      group: "admissionregistration.k8s.io",
      kind: "ValidatingWebhookConfiguration",
      namespace: "",
      name,
    });
    server.close();
    server.closeAllConnections();
  };
}

/** The same denial from an API server that has no webhooks, given by a proxy before it. */
export function refuseAsWebhook(proxy: FaultProxy): void {
  const message = `admission webhook "${name}" denied the request: ${reason}`;
  proxy.set(({ method, path }: ProxiedRequest): Fault => {
    const isRefused = method === "PATCH" && path.endsWith("/configmaps/refused");
    return isRefused ? { status: 403, reason: "Forbidden", message } : "pass";
  });
}
