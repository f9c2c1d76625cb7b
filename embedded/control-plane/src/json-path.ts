/** Simple JSON paths as CRDs use them (`.status.conditions[?(@.type=="Ready")].status`, `.a["b"]`, `.list[0]`, `[*]`). Pure; bounded by the path. */
import { isObject } from "@eddy/core/json";

type Step = { name: string } | { index: number } | { every: true } | { where: readonly string[]; equals: string };

const pattern =
  /\.([A-Za-z_][\w-]*)|\[(\d+|-1)\]|\[\*\]|\[['"]([^'"]+)['"]\]|\[\?\(@\.([\w.-]+)\s*==\s*(?:['"]([^'"]*)['"]|([\w.-]+))\)\]|\.\*/gy;

const parsed = new Map<string, readonly Step[] | undefined>();

/** The steps, or undefined for a path that this reader does not know. */
function parsePath(path: string): readonly Step[] | undefined {
  if (parsed.has(path)) return parsed.get(path);
  const text = path.replace(/^\{|\}$/g, "").replaceAll("\\.", "\u0000");
  const normal = text.startsWith(".") || text.startsWith("[") ? text : `.${text}`;
  const steps: Step[] = [];
  pattern.lastIndex = 0;
  let end = 0;
  for (let match = pattern.exec(normal); match; match = pattern.exec(normal)) {
    end = pattern.lastIndex;
    const [whole, name, index, quoted, where, quotedValue, bareValue] = match;
    if (name !== undefined) steps.push({ name });
    else if (index !== undefined) steps.push({ index: Number(index) });
    else if (quoted !== undefined) steps.push({ name: quoted });
    else if (where !== undefined) steps.push({ where: where.split("."), equals: quotedValue ?? bareValue ?? "" });
    else if (whole !== undefined) steps.push({ every: true });
  }
  const result = end === normal.length ? steps : undefined;
  if (parsed.size > 1_000) parsed.clear();
  parsed.set(path, result);
  return result;
}

/** Every value that the path finds; none for a path that cannot be read. */
export function readPath(value: unknown, path: string): unknown[] {
  const steps = parsePath(path);
  if (!steps) return [];
  return steps
    .reduce<unknown[]>((found, step) => found.flatMap((item) => take(item, step)), [value])
    .filter((item) => item !== undefined);
}

function take(value: unknown, step: Step): unknown[] {
  if ("name" in step) return isObject(value) ? [value[step.name.replaceAll("\u0000", ".")]] : [];
  if ("every" in step) return Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  if (!Array.isArray(value)) return [];
  if ("index" in step) return [value.at(step.index)];
  return value.filter((item) => {
    const member = step.where.reduce<unknown>((current, name) => (isObject(current) ? current[name] : undefined), item);
    return member !== undefined && member !== null && String(member) === step.equals;
  });
}
