import { compareText } from "@eddy/core/json";
import { type GoMap, goMethod, type GoType, goType, namedType, Struct, structType, tag } from "@eddy/gotemplate";
import type { ObjectIdentifier, ScalarChange } from "@eddy/source-edit";

/** What a message is made of. */
export interface MessageData {
  readonly name: string;
  readonly namespace: string;
  /** In the order of file and text. */
  readonly changes: readonly ScalarChange[];
  readonly values: Readonly<Record<string, string>>;
}

const changeType = structType("update.Change", { OldValue: "string", NewValue: "string", Setter: "string" });
const changesType: GoType = { name: "[]update.Change", kind: "slice", elem: changeType };
const identifierType = structType("update.ObjectIdentifier", {
  APIVersion: "string",
  Kind: "string",
  Name: "string",
  Namespace: "string",
});
/** Go sorts keys that are structs field by field; the text of a key sorts the same. */
const objectsType: GoType = {
  name: "update.ObjectChanges",
  kind: "map",
  key: identifierType,
  elem: changesType,
  keyOf: identifierOf,
};
const filesType: GoType = {
  name: "map[string]update.ObjectChanges",
  kind: "map",
  key: goType("string"),
  elem: objectsType,
};
const resultType: GoType = structType(
  "update.Result",
  { FileChanges: filesType },
  {
    methods: {
      Changes: goMethod([], changesType, (_, self: Struct) => changesOf(self)),
      Objects: goMethod([], objectsType, (_, self: Struct) => objectsOf(self)),
    },
  },
);
const nameType = namedStruct();
const dataType = structType("source.TemplateData", {
  AutomationObject: nameType,
  Changed: resultType,
  Values: namedType("map[string]string", "map[string]string"),
});

function namedStruct(): GoType {
  const format = (self: Struct): string => `${String(self.fields["Namespace"])}/${String(self.fields["Name"])}`;
  const methods = { String: goMethod([], "string", (_, self: Struct) => format(self)) };
  return structType("types.NamespacedName", { Namespace: "string", Name: "string" }, { methods, format });
}

/**
 * The dot of a message template: `.AutomationObject`, `.Changed` with `.FileChanges`, `.Objects` and `.Changes`, `.Values`.
 * Where upstream's order is that of a Go map, it is that of file and text here. Source: image-automation-controller v1.2
 * `TemplateData`, `update.Result`.
 */
export function templateData({ name, namespace, changes, values }: MessageData): Struct {
  const files: GoMap = {};
  for (const [file, inFile] of Map.groupBy(changes, (change) => change.file)) files[file] = byObject(inFile);
  return new Struct(dataType, {
    AutomationObject: new Struct(nameType, { Namespace: namespace, Name: name }),
    Changed: new Struct(resultType, { FileChanges: tag(files, filesType) }),
    Values: tag({ ...values }, goType("map[string]string")),
  });
}

function byObject(changes: readonly ScalarChange[]): GoMap {
  const objects: GoMap = {};
  for (const [key, ofObject] of Map.groupBy(changes, ({ object }) => keyOf(object)))
    objects[key] = tag(ofObject.map(changeOf), changesType);
  return tag(objects, objectsType);
}

function changeOf({ oldValue = "", newValue = "", setter = "" }: ScalarChange): Struct {
  return new Struct(changeType, { OldValue: oldValue, NewValue: newValue, Setter: setter });
}

function keyOf({ apiVersion, kind, name, namespace }: ObjectIdentifier): string {
  return [apiVersion, kind, name, namespace].join("\0");
}

function identifierOf(key: string): Struct {
  const [APIVersion = "", Kind = "", Name = "", Namespace = ""] = key.split("\0");
  return new Struct(identifierType, { APIVersion, Kind, Name, Namespace });
}

type ChangesByObject = Record<string, Struct[]>;

function filesOf(result: Struct): [string, ChangesByObject][] {
  const files = Object.entries(result.fields["FileChanges"] as Record<string, ChangesByObject>);
  return files.sort(([left], [right]) => compareText(left, right));
}

/** Each change once. */
function changesOf(result: Struct): Struct[] {
  const seen = new Map<string, Struct>();
  for (const [, objects] of filesOf(result)) {
    for (const key of Object.keys(objects).sort(compareText)) {
      for (const change of objects[key] ?? []) {
        const { OldValue, NewValue, Setter } = change.fields;
        const identity = JSON.stringify([OldValue, NewValue, Setter]);
        if (!seen.has(identity)) seen.set(identity, change);
      }
    }
  }
  return [...seen.values()];
}

function objectsOf(result: Struct): GoMap {
  const merged: ChangesByObject = {};
  for (const [, objects] of filesOf(result))
    for (const [key, changes] of Object.entries(objects)) merged[key] = [...(merged[key] ?? []), ...changes];
  for (const changes of Object.values(merged)) tag(changes, changesType);
  return merged;
}
