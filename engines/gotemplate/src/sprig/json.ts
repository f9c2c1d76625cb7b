import { type FunctionTable, goFunction } from "../function.ts";
import type { GoValue } from "../value/go-value.ts";
import { asDecodedList, asDecodedMap, decodeJson } from "./decode-json.ts";
import { encodeJson } from "./encode-json.ts";
import { errorMap, orError } from "./yaml.ts";

function nothing(): string {
  return "";
}

/** Functions that read and write JSON: sprig's, and those that Helm puts in their place. */
export const jsonFunctions: FunctionTable = {
  toJson: goFunction(["any"], "string", (_, value) => orError(() => encodeJson(value), nothing)),
  toPrettyJson: goFunction(["any"], "string", (_, value) =>
    orError(() => encodeJson(value, { pretty: true }), nothing),
  ),
  toRawJson: goFunction(["any"], "string", (_, value) => encodeJson(value, { rawHtml: true })),
  mustToJson: goFunction(["any"], "string", (_, value) => encodeJson(value)),
  mustToPrettyJson: goFunction(["any"], "string", (_, value) => encodeJson(value, { pretty: true })),
  mustToRawJson: goFunction(["any"], "string", (_, value) => encodeJson(value, { rawHtml: true })),
  mustFromJson: goFunction(["string"], "any", (_, text) => decodeJson(text, (value) => value)),
  fromJson: goFunction(["string"], "map[string]any", (_, text) =>
    orError(() => decodeJson(text, asDecodedMap), errorMap),
  ),
  fromJsonArray: goFunction(["string"], "[]any", (_, text) =>
    orError(
      () => decodeJson(text, asDecodedList),
      (message): GoValue[] => [message],
    ),
  ),
};
