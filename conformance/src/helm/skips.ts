/** Cases that are known to differ, with the reason. The name is followed by the dialect. */
export const helmSkips: ReadonlyMap<string, string> = new Map<string, string>([]);
