import { dump } from "@eddy/goyaml";
import { type GoMap, goMethod, type GoType, int64, isMap, namedType, tag, type GoValue } from "@eddy/gotemplate";
import { dialectRules, type HelmDialect } from "../dialect.ts";
import { tableAt, valueAtPath } from "../values/path-value.ts";
import type { Values } from "../values/values.ts";

/** Turns int64s, which are bigints in values, into what templates know, in place: tables may be shared, and stay so. */
export function toTemplateValues(values: Values): GoMap {
  const seen = new Set<object>();
  const visit = (container: object): void => {
    if (seen.has(container)) return;
    seen.add(container);
    const slots = container as Record<string, unknown>;
    for (const key of Object.keys(slots)) {
      const value = slots[key];
      if (typeof value === "bigint") slots[key] = int64(value);
      else if (typeof value === "object" && value !== null) visit(value);
    }
  };
  visit(values);
  return values as GoMap;
}

function missingTable(name: string): Error {
  return new Error(`${JSON.stringify(name)} is not a table`);
}

function typeNamed(name: string): GoType {
  return namedType(name, "map[string]any", {
    methods: {
      AsMap: goMethod([], "map[string]any", (_, self: GoMap) => viewAs(self, undefined)),
      YAML: goMethod([], "string", (_, self: GoMap) => dump(self as Values)),
      Table: goMethod(["string"], "any", (_, self: GoMap, path) => {
        const table = tableAt(self as Values, path);
        if (table === undefined) throw missingTable(path.slice(path.lastIndexOf(".") + 1));
        return viewAs(table as GoMap, typeNamed(name));
      }),
      PathValue: goMethod(["string"], "any", (_, self: GoMap, path) => {
        const value = valueAtPath(self as Values, path);
        if (value === undefined)
          throw new Error(`${JSON.stringify(path.slice(path.lastIndexOf(".") + 1))} is not a value`);
        return value as GoValue;
      }),
    },
  });
}

const types: Readonly<Record<HelmDialect, GoType>> = {
  helm3: typeNamed(dialectRules.helm3.valuesType),
  helm4: typeNamed(dialectRules.helm4.valuesType),
};

/** The Go type of `.Values` and of the dot of a template. */
export function valuesType(dialect: HelmDialect): GoType {
  return types[dialect];
}

const [typeKey] = Object.getOwnPropertySymbols(tag({}, "map[string]any"));

/**
 * The same table as another Go type. In Go, a sub-chart's `.Values` and the parent's `.Values.sub` are one map of two types; here the
 * type hangs on the object, so that the second type needs a view of it.
 */
export function viewAs(table: GoMap, type: GoType | undefined): GoMap {
  if (!isMap(table)) return table;
  return new Proxy(table, {
    get: (target, key): unknown => (key === typeKey ? type : target[key as string]),
  });
}
