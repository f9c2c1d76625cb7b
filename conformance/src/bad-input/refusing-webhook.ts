import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import type { Bed } from "./bed.ts";
import type { FaultProxy, ProxiedRequest, Fault } from "./fault-proxy.ts";

const refusing = "refuse.example.org";
const down = "down.example.org";
const reason = "not on a Friday";

/**
 * Registers an admission webhook that denies every ConfigMap with the label `refuse: me`, and one that nobody answers for those
 * with `refuse: nobody`; returns how to end them.
 */
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
  const caBundle = readFileSync(cert).toString("base64");
  const rules = [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["configmaps"] }];
  const webhook = (name: string, label: string, port: number): object => ({
    name,
    admissionReviewVersions: ["v1"],
    sideEffects: "None",
    objectSelector: { matchLabels: { refuse: label } },
    rules,
    clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle },
  });
  await kube.create({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: refusing },
    webhooks: [webhook(refusing, "me", (server.address() as AddressInfo).port), webhook(down, "nobody", 1)],
  });
  return async () => {
    await kube.delete({
      group: "admissionregistration.k8s.io",
      kind: "ValidatingWebhookConfiguration",
      namespace: "",
      name: refusing,
    });
    server.close();
    server.closeAllConnections();
  };
}

/** The same answers from an API server that has no webhooks, given by a proxy before it. */
export function refuseAsWebhook(proxy: FaultProxy): void {
  const denied = `admission webhook "${refusing}" denied the request: ${reason}`;
  const unanswered = `Internal error occurred: failed calling webhook "${down}": connection refused`;
  proxy.set(({ method, path }: ProxiedRequest): Fault => {
    if (method !== "PATCH") return "pass";
    if (path.endsWith("/configmaps/refused")) return { status: 403, reason: "Forbidden", message: denied };
    if (path.endsWith("/configmaps/unanswered")) return { status: 500, reason: "InternalError", message: unanswered };
    return "pass";
  });
}
