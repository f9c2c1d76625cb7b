import { imageUpdateReasons } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { type FunctionTable, helmFunctions, ParseError, TemplateSet } from "@eddy/gotemplate";
import { StepError } from "@eddy/runtime/controller";
import { type MessageData, templateData } from "./template-data.ts";

const defaultMessage = "Update from image update automation";
const name = "commit message";
const limits = { maxSteps: 1_000_000, maxBytes: 4 * 1024 * 1024, timeoutMs: 2_000, maxDepth: 1_000 };
const guide = "See: https://fluxcd.io/flux/components/image/imageupdateautomations/#message-template";

/** Functions whose result depends on more than their arguments. Source: Masterminds/sprig `nonhermeticFunctions`. */
const unhermetic: ReadonlySet<string> = new Set(
  [
    "date date_in_zone date_modify now htmlDate htmlDateInZone dateInZone dateModify",
    "randAlphaNum randAlpha randAscii randNumeric randBytes uuidv4 env expandenv getHostByName",
  ].flatMap((names) => names.split(" ")),
);
/** What Helm adds to sprig. */
const helmOnly =
  /^(?:(?:must)?toYaml|toYamlPretty|fromYaml|fromYamlArray|fromJsonArray|(?:must)?toToml|fromToml|mustToDuration|duration(?:Seconds|Minutes|Hours|Days|Weeks|Milliseconds|Microseconds|Nanoseconds|RoundTo|TruncateTo)|include|tpl|required|lookup)$/;

let table: FunctionTable | undefined;

function functions(): FunctionTable {
  const all = Object.entries(helmFunctions());
  return (table ??= Object.fromEntries(all.filter(([key]) => !unhermetic.has(key) && !helmOnly.test(key))));
}

const removed: readonly (readonly [pattern: string, message: string])[] = [
  [
    "can't evaluate field Updated in type source.TemplateData",
    `template uses removed '.Updated' field. Please use '.Changed' instead. ${guide}`,
  ],
  [
    "can't evaluate field ImageResult in type update.Result",
    `template uses removed '.Changed.ImageResult' field. Please use '.Changed.FileChanges' or '.Changed.Objects' instead. ${guide}`,
  ],
];

/**
 * The message of a commit. Source: image-automation-controller v1.2 `templateMsg`.
 * @throws StepError RemovedTemplateField (terminal), GitOperationFailed (retry) in upstream's words
 */
export function renderMessage(template: string | undefined, data: MessageData): string {
  const set = new TemplateSet(functions(), { name });
  try {
    set.parse(name, template || defaultMessage);
    return set.execute(name, templateData(data), limits);
  } catch (cause) {
    throw explain(cause);
  }
}

function explain(cause: unknown): StepError {
  const text = messageOf(cause);
  const gone = removed.find(([pattern]) => text.includes(pattern));
  if (gone) return new StepError(imageUpdateReasons.removedTemplateField, gone[1], { class: "terminal", cause });
  const doing =
    cause instanceof ParseError
      ? "unable to create commit message template from spec"
      : "failed to run template from spec";
  return new StepError(imageUpdateReasons.gitOperationFailed, `failed to update source: ${doing}: ${text}`, {
    class: "retry",
    cause,
  });
}
