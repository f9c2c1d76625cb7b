/** The API group of Eddy's own kinds. */
export const eddyGroup = "eddy.sh";
