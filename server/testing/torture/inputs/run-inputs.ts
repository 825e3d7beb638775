/** Bad input for every mutating route and procedure. */
export async function runInputs(_given: {
  databaseUrl: string;
  perTarget: number;
  seed: number;
  say: (line: string) => void;
}): Promise<{ targets: number; inputs: number; failures: string[] }> {
  throw new Error("the inputs are not here");
}
