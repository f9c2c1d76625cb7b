import type { ReceiverType } from "@eddy/api";
import type { Verify } from "../webhook-request.ts";
import { cdevents } from "./cdevents.ts";
import { bitbucket, generic, genericHmac, github, gitlab } from "./forges.ts";
import { genericOidc } from "./oidc.ts";
import { acr, dockerhub, gcr, harbor, nexus, quay } from "./registries.ts";

/** How each sender proves itself. A new one is a function and a line here. */
export const verifications: Readonly<Record<ReceiverType, Verify>> = {
  acr,
  bitbucket,
  cdevents,
  dockerhub,
  gcr,
  generic,
  "generic-hmac": genericHmac,
  "generic-oidc": genericOidc,
  github,
  gitlab,
  harbor,
  nexus,
  quay,
};
