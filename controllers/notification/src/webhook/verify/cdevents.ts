import { isObject } from "@eddy/core/json";
import { checkEvent, headerOf, parseObject, payloadOf, WebhookRefusal, type Verify } from "../webhook-request.ts";

/** An event of the CDEvents specification, by what every one of them must have. */
export const cdevents: Verify = async (request, receiver) => {
  const payload = parseObject(request.body);
  const context = isObject(payload["context"]) ? payload["context"] : {};
  const subject = isObject(payload["subject"]) ? payload["subject"] : undefined;
  for (const name of ["version", "id", "source", "type", "timestamp"]) {
    if (typeof context[name] === "string" && context[name] !== "") continue;
    throw new WebhookRefusal(`unable to validate CDEvent event: context.${name} is missing`);
  }
  if (!/^dev\.cdevents\.[a-z]+\.[a-z]+\.\d+\.\d+\.\d+(?:-[a-z]+)?$/i.test(String(context["type"]))) {
    throw new WebhookRefusal("unable to validate CDEvent event: context.type is none of the specification's");
  }
  if (typeof subject?.["id"] !== "string" || !isObject(subject["content"])) {
    throw new WebhookRefusal("unable to validate CDEvent event: subject has no id or no content");
  }
  checkEvent(receiver, headerOf(request, "ce-type"), "CDEvent");
  return { payload: payloadOf(request) };
};
