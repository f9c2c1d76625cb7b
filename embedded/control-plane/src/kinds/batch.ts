/** Job and CronJob. Sources: pkg/apis/batch/v1/defaults.go, pkg/registry/batch. */
import { deepEqual, isObject, type JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { invalidValue, notSupported, required, type FieldError } from "../status-error.ts";
import { immutable, specOf } from "./apps.ts";
import { defaultTemplate } from "./pod-defaults.ts";
import { nonNegative, podSpecErrors } from "./pod-validation.ts";
import type { KindStrategy } from "./strategy.ts";

function defaultJobSpec(spec: JsonObject): void {
  if (spec["completions"] === undefined && spec["parallelism"] === undefined) {
    spec["completions"] = 1;
    spec["parallelism"] = 1;
  }
  spec["parallelism"] ??= 1;
  spec["backoffLimit"] ??= spec["backoffLimitPerIndex"] === undefined ? 6 : 2_147_483_647;
  spec["completionMode"] ??= "NonIndexed";
  spec["suspend"] ??= false;
  spec["podReplacementPolicy"] ??= spec["podFailurePolicy"] === undefined ? "TerminatingOrFailed" : "Failed";
  spec["manualSelector"] ??= false;
  defaultTemplate(spec["template"], { restartPolicy: false });
}

/** The labels by which a Job knows its pods, made of its uid. */
function generateSelector(object: KubeObject): void {
  const spec = specOf(object);
  if (spec["manualSelector"] === true) return;
  const { uid = "", name } = object.metadata;
  const template = (spec["template"] ??= {}) as JsonObject;
  const metadata = (template["metadata"] ??= {}) as JsonObject;
  const labels = { ...(metadata["labels"] as JsonObject | undefined) };
  Object.assign(labels, {
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": name,
    "controller-uid": uid,
    "job-name": name,
  });
  metadata["labels"] = labels;
  object.metadata.labels = { ...(labels as Record<string, string>), ...object.metadata.labels };
  const selector = isObject(spec["selector"]) ? spec["selector"] : {};
  spec["selector"] = {
    ...selector,
    matchLabels: { ...(selector["matchLabels"] as JsonObject | undefined), "batch.kubernetes.io/controller-uid": uid },
  };
}

function jobSpecErrors(spec: JsonObject, at: string): FieldError[] {
  const template = isObject(spec["template"]) ? spec["template"] : {};
  const podSpec = isObject(template["spec"]) ? template["spec"] : {};
  const errors = podSpecErrors(podSpec, `${at}.template.spec`).filter(
    (error) => error.field !== `${at}.template.spec.restartPolicy`,
  );
  const policy = podSpec["restartPolicy"] ?? "";
  if (policy === "") errors.push(required(`${at}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"'));
  else if (policy !== "OnFailure" && policy !== "Never")
    errors.push(notSupported(`${at}.template.spec.restartPolicy`, policy, ["OnFailure", "Never"]));
  return [
    ...errors,
    ...nonNegative(
      spec,
      "parallelism",
      "completions",
      "backoffLimit",
      "activeDeadlineSeconds",
      "ttlSecondsAfterFinished",
    ),
  ];
}

export const job: KindStrategy = {
  generation: true,
  applyDefaults: (object) => defaultJobSpec(specOf(object)),
  prepareCreate: generateSelector,
  validate: (object) => jobSpecErrors(specOf(object), "spec"),
  validateUpdate(object, live) {
    const errors = immutable(object, live, "selector", "completionMode");
    const template = (each: KubeObject): unknown => (each["spec"] as JsonObject)["template"];
    if ((live["spec"] as JsonObject)["suspend"] !== true && !deepEqual(template(object), template(live)))
      errors.push(invalidValue("spec.template", template(object), "field is immutable"));
    return errors;
  },
};

const scheduleForm = /^(@(yearly|annually|monthly|weekly|daily|midnight|hourly|every .+)|(\S+\s+){4}\S+)$/;

export const cronJob: KindStrategy = {
  generation: true,
  applyDefaults(object) {
    const spec = specOf(object);
    if (!spec["concurrencyPolicy"]) spec["concurrencyPolicy"] = "Allow";
    spec["suspend"] ??= false;
    spec["successfulJobsHistoryLimit"] ??= 3;
    spec["failedJobsHistoryLimit"] ??= 1;
    const template = spec["jobTemplate"];
    // Only the pod template is defaulted here: the rest is when a Job is made of it.
    if (isObject(template) && isObject(template["spec"]))
      defaultTemplate(template["spec"]["template"], { restartPolicy: false });
  },
  validate(object) {
    const spec = specOf(object);
    const template = isObject(spec["jobTemplate"]) ? spec["jobTemplate"] : {};
    const schedule = String(spec["schedule"] ?? "");
    const errors = jobSpecErrors(isObject(template["spec"]) ? template["spec"] : {}, "spec.jobTemplate.spec");
    if (schedule === "") errors.push(required("spec.schedule"));
    else if (!scheduleForm.test(schedule.trim()))
      errors.push(
        invalidValue(
          "spec.schedule",
          schedule,
          `expected exactly 5 fields, found ${schedule.trim().split(/\s+/).length}: [${schedule}]`,
        ),
      );
    if (object.metadata.name.length > 52)
      errors.push(invalidValue("metadata.name", object.metadata.name, "must be no more than 52 characters"));
    return errors;
  },
};
