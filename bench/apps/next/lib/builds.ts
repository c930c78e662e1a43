export const first = "a source file that changes from build to build";
