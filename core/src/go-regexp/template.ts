/** What Go's Expand reads: `$$`, `${name}`, `$name` with the longest name; any other `$` is one. */
const reference = /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu;

/** The template with every reference replaced. Source: Go's regexp `Regexp.Expand`. */
export function expandTemplate(template: string, groupOf: (name: string) => string): string {
  return template.replace(reference, (_whole: string, braced?: string, bare?: string) => {
    const name = braced ?? bare;
    return name === undefined ? "$" : groupOf(name);
  });
}

/** Names and numbers that a template refers to, in order; undefined where a `$` is none of what Go reads. */
export function templateNames(template: string): string[] | undefined {
  const names: string[] = [];
  const rest = template.replace(reference, (_whole: string, braced?: string, bare?: string) => {
    const name = braced ?? bare;
    if (name !== undefined) names.push(name);
    return "";
  });
  return rest.includes("$") ? undefined : names;
}

/** Whether a name is a number: up to nine digits, no leading zero. */
export function groupNumberOf(name: string): number | undefined {
  return /^(?:0|[1-9]\d{0,8})$/.test(name) ? Number(name) : undefined;
}
