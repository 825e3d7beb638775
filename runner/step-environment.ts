import type { Assignment } from "./protocol";

/** Every process of an attempt carries this variable, also those that left its process group. */
export const ATTEMPT_MARKER = "SWITCHYARD_ATTEMPT_ID";

// An allow-list, because whatever is not named here may be a secret of the host, of the server or of the runner.
const PASSED = new Set(
  `PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TMPDIR
   HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY http_proxy https_proxy no_proxy all_proxy
   SSL_CERT_FILE SSL_CERT_DIR NODE_EXTRA_CA_CERTS CURL_CA_BUNDLE GIT_SSL_CAINFO REQUESTS_CA_BUNDLE PIP_CERT
   XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_RUNTIME_DIR
   npm_config_registry npm_config_cache npm_config_userconfig npm_config_cafile npm_config_proxy npm_config_https_proxy npm_config_noproxy
   NPM_CONFIG_REGISTRY NPM_CONFIG_CACHE NPM_CONFIG_USERCONFIG NPM_CONFIG_CAFILE PLAYWRIGHT_BROWSERS_PATH`.split(/\s+/),
);

/** What every step gets of the host's environment; read once, because each look at `process.env` is a call to the system. */
export function hostEnvironment(host: NodeJS.ProcessEnv): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(host)) {
    if (value !== undefined && (PASSED.has(name) || name.startsWith("LC_"))) env[name] = value;
  }
  if (env.PATH !== undefined) env.PATH = withoutPackageScripts(env.PATH);
  return env;
}

/** The environment of a step: a few names of the host, then the step's own, then what identifies the attempt. */
export function stepEnvironment(host: Record<string, string>, assignment: Assignment): Record<string, string> {
  return {
    ...host,
    ...assignment.spec.env,
    SWITCHYARD_RUN_ID: assignment.run_id,
    SWITCHYARD_RUN_NUMBER: String(assignment.run_number),
    SWITCHYARD_TASK_KEY: assignment.key,
    SWITCHYARD_ATTEMPT: String(assignment.attempt),
    [ATTEMPT_MARKER]: assignment.attempt_id,
  };
}

/** Started by `npm run`, the runner has its own package's programs on the path; a step must not find those. */
function withoutPackageScripts(path: string): string {
  return path
    .split(":")
    .filter((entry) => !/\/node_modules\/(\.bin|npm\/node_modules\/.*)$/.test(entry))
    .join(":");
}
