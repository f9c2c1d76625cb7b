/** A path as seen from a root that nothing leaves: `../x` is `x`. Source: cyphar/filepath-securejoin. */
export function rootedPath(path: string): string {
  const steps: string[] = [];
  for (const step of path.split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "" && step !== ".") steps.push(step);
  }
  return steps.join("/");
}
