/** The version of this program, without a `v`. */
export const eddyVersion = "0.1.0";
