/** The secret that seals session cookies; `npm start` makes one when AUTH_SECRET is not given. */
export function authSecret(): string {
  const secret = process.env.AUTH_SECRET;
  if (!secret) throw new Error("AUTH_SECRET is not set: start Switchyard with `npm start`, or set it to a random text");
  return secret;
}
