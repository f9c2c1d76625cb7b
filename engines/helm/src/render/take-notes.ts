import { compareText } from "@eddy/core/json";

const suffix = "NOTES.txt";

/**
 * Takes the notes out of rendered files, and returns the chart's, or with `subNotes` all of them.
 */
export function takeNotes(files: Map<string, string>, chartName: string, subNotes: boolean): string {
  const own = `${chartName}/templates/${suffix}`;
  const notes: string[] = [];
  for (const path of [...files.keys()].filter((name) => name.endsWith(suffix)).sort(compareText)) {
    if (subNotes || path === own) notes.push(files.get(path) as string);
    files.delete(path);
  }
  return notes.reduce((all, next) => (all === "" ? next : `${all}\n${next}`), "");
}
