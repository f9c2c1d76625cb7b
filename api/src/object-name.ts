/** What a person types to name an object; `kind` and `namespace` are absent where they were left out. */
export interface ObjectName {
  kind: string | undefined;
  name: string;
  namespace: string | undefined;
}

/** `[<kind>/]<name>[.<namespace>]`. */
export function parseObjectName(text: string): ObjectName {
  const slash = text.indexOf("/");
  const rest = text.slice(slash + 1);
  const dot = rest.indexOf(".");
  return {
    kind: slash < 0 ? undefined : text.slice(0, slash),
    name: dot < 0 ? rest : rest.slice(0, dot),
    namespace: dot < 0 ? undefined : rest.slice(dot + 1),
  };
}

/** `[<namespace>/]<name>`, as an entry of `dependsOn`. */
export function parseDependency(text: string): { name: string; namespace?: string } {
  const slash = text.indexOf("/");
  return slash < 0 ? { name: text } : { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}
