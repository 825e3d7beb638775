import packageJson from "@/package.json";

/** The version of this build. */
export const productVersion: string = packageJson.version;
