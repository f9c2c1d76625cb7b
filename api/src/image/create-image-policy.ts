import { present, usageError, type CreateForm, type CreateValues } from "../create-form.ts";

/** How an ImagePolicy is made from flags. Source: fluxcd/flux2 cmd/flux/create_image_policy.go. */
export const createImagePolicy: CreateForm = {
  flags: {
    imageRef: { form: "text", description: "the name of an image repository object" },
    selectSemver: { form: "text", description: "a semver range to apply to tags; e.g., '1.x'" },
    selectAlpha: {
      form: "text",
      description:
        'use alphabetical sorting to select image; either "asc" meaning select the last, or "desc" meaning select the first',
    },
    selectNumeric: {
      form: "text",
      description:
        'use numeric sorting to select image; either "asc" meaning select the last, or "desc" meaning select the first',
    },
    filterRegex: { form: "text", description: "regular expression pattern used to filter the image tags" },
    filterExtract: {
      form: "text",
      description: "replacement pattern (using capture groups from --filter-regex) to use for sorting",
    },
    reflectDigest: {
      form: "text",
      description: "whether the digest of the latest tag is looked up: Never, IfNotPresent or Always",
    },
    interval: {
      form: "duration",
      description: "the interval at which to check for new image digests when the policy is set to 'Always'",
    },
  },
  examples: [
    ["Select the latest stable release", 'image policy podinfo --image-ref=podinfo --select-semver=">=1.0.0"'],
    [
      "Select the latest build of a branch, by the time in its tag",
      "image policy podinfo --image-ref=podinfo --select-numeric=asc --filter-regex='^main-[a-f0-9]+-(?P<ts>[0-9]+)' --filter-extract='$ts'",
    ],
  ],
  check: checkFilter,
  spec(values) {
    const name = values.text("imageRef");
    if (name === undefined || name === "")
      throw usageError("the name of an ImageRepository in the namespace is required (--image-ref)");
    const digestReflectionPolicy = digestPolicyOf(values);
    return present({
      imageRepositoryRef: { name },
      policy: choiceOf(values),
      filterTags: filterOf(values),
      digestReflectionPolicy,
      interval: intervalOf(values, digestReflectionPolicy),
    });
  },
  readyMessages: () => ["ImagePolicy reconciliation completed"],
};

function choiceOf(values: CreateValues): Record<string, unknown> {
  const range = values.text("selectSemver");
  const choices = [
    ...(range === undefined ? [] : [{ semver: { range } }]),
    ...orderOf(values, "selectAlpha").map((order) => ({ alphabetical: { order } })),
    ...orderOf(values, "selectNumeric").map((order) => ({ numerical: { order } })),
  ];
  const [choice] = choices;
  if (choices.length > 1)
    throw usageError("only one of --select-semver, --select-alpha or --select-numeric can be specified");
  if (!choice) throw usageError("a policy must be provided with either --select-semver or --select-alpha");
  return choice;
}

function orderOf(values: CreateValues, name: "selectAlpha" | "selectNumeric"): string[] {
  const order = values.text(name);
  if (order === undefined) return [];
  const flag = name === "selectAlpha" ? "--select-alpha" : "--select-numeric";
  if (order !== "asc" && order !== "desc") throw usageError(`${flag} must be one of ["asc", "desc"]`);
  return [order];
}

function filterOf(values: CreateValues): Record<string, unknown> | undefined {
  const [pattern, extract] = [values.text("filterRegex"), values.text("filterExtract")];
  if (pattern === undefined) {
    if (extract === undefined) return undefined;
    throw usageError("cannot specify --filter-extract without specifying --filter-regex");
  }
  return present({ pattern, extract });
}

async function checkFilter(values: CreateValues): Promise<void> {
  const [pattern, extract] = [values.text("filterRegex"), values.text("filterExtract")];
  if (pattern === undefined) return;
  // The engine of expressions takes longer to load than anything else here.
  const { compileRegExp, templateNames } = await import("@eddy/core/go-regexp");
  const groups = groupsOf(() => compileRegExp(pattern).groupNames);
  if (extract === undefined) return;
  const names = templateNames(extract);
  if (!names) throw usageError("--filter-extract is malformed");
  for (const name of names)
    if (!/^(?:0|[1-9]\d{0,8})$/.test(name) && !groups.includes(name))
      throw usageError(`capture group $${name} used in --filter-extract not found in --filter-regex`);
}

function groupsOf(read: () => readonly string[]): readonly string[] {
  try {
    return read();
  } catch {
    throw usageError("--filter-regex is an invalid regex pattern");
  }
}

function digestPolicyOf(values: CreateValues): string | undefined {
  const policy = values.text("reflectDigest");
  if (policy === undefined || ["Never", "IfNotPresent", "Always"].includes(policy)) return policy;
  throw usageError("invalid value for --reflect-digest, must be one of 'Never', 'IfNotPresent', 'Always'");
}

function intervalOf(values: CreateValues, digestPolicy: string | undefined): string | undefined {
  const interval = values.text("interval");
  if (interval !== undefined && digestPolicy !== "Always")
    throw usageError(
      "the --interval flag can only be used with the 'Always' digest reflection policy, use --reflect-digest=Always",
    );
  return interval;
}
