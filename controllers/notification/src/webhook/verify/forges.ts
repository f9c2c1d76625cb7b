import {
  checkEvent,
  headerOf,
  parseObject,
  payloadOf,
  WebhookRefusal,
  type Verify,
  type WebhookRequest,
} from "../webhook-request.ts";
import { checkForgeSignature, checkSignature, equalsSecretly } from "./signature.ts";

/** Whoever knows the path may call. */
export const generic: Verify = async (request) => ({ payload: payloadOf(request) });

/** `X-Signature` over the body. */
export const genericHmac: Verify = async (request, _receiver, { secret }) => {
  checkSignature(headerOf(request, "x-signature"), request.body, secret["token"] ?? "");
  return { payload: payloadOf(request) };
};

/** GitHub, and what speaks like it. */
export const github: Verify = async (request, receiver, { secret }) => {
  const body = checkForgeSignature(request, secret["token"] ?? "");
  checkEvent(receiver, headerOf(request, "x-github-event"), "GitHub");
  return { payload: signedPayload(request, body) };
};

/** GitLab's token in a header. */
export const gitlab: Verify = async (request, receiver, { secret }) => {
  if (!equalsSecretly(headerOf(request, "x-gitlab-token"), secret["token"] ?? "")) {
    throw new WebhookRefusal("the X-Gitlab-Token header value does not match the receiver token");
  }
  checkEvent(receiver, headerOf(request, "x-gitlab-event"), "GitLab");
  return { payload: payloadOf(request) };
};

/** Bitbucket Server. */
export const bitbucket: Verify = async (request, receiver, { secret }) => {
  const body = checkForgeSignature(request, secret["token"] ?? "");
  checkEvent(receiver, headerOf(request, "x-event-key"), "Bitbucket server");
  return { payload: signedPayload(request, body) };
};

/** Unlike upstream's filters, ours see what a form carries. */
function signedPayload(request: WebhookRequest, body: Buffer): () => unknown {
  return body === request.body ? payloadOf(request) : () => parseObject(body);
}
