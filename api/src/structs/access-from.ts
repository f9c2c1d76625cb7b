import { list, mapOf, object, required, text, type Schema } from "../schema.ts";

/** Namespaces that may refer to the object: those that any of the selectors matches. */
export interface AccessFrom {
  namespaceSelectors: { matchLabels?: Record<string, string> }[];
}

/** Schema of {@link AccessFrom}. */
export function accessFrom(description: string): Schema<AccessFrom> {
  return object<AccessFrom>(
    {
      namespaceSelectors: required(
        list(
          object<AccessFrom["namespaceSelectors"][number]>({
            matchLabels: mapOf(text(), { description: "Labels of the namespaces." }),
          }),
          { description: "Namespaces, any of these." },
        ),
      ),
    },
    { description },
  );
}
