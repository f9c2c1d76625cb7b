/** Of an event and of a webhook's call. Source: flux2.md 3.8 "Event intake", "Receivers". */
export const maxBodyBytes: number = 3 * 1024 * 1024;
