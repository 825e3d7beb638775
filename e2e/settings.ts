/** Where the server is and who may sign in; `npm test` sets these, by hand they come from the environment. */
export const settings = {
  url: process.env.E2E_URL ?? "http://127.0.0.1:3000",
  email: required("E2E_EMAIL"),
  password: required("E2E_PASSWORD"),
  apiToken: required("E2E_API_TOKEN"),
  databaseUrl: required("E2E_DATABASE_URL"),
};

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run \`npm test\`, or set it to what your server was started with`);
  return value;
}
