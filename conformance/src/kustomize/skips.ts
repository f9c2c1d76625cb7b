/** Cases that are known to differ, with the reason. */
export const kustomizeSkips: ReadonlyMap<string, string> = new Map<string, string>([]);
