import { chance, type Dice, pick } from "../../dice";
import type { Answer, Message } from "./wire";
import type { World } from "./world";

/** A server that was killed is up again long before, on a busy machine too. */
const PATIENCE_MS = 60_000;

export interface Insisted {
  answer: Answer;
  /** How often it was sent, as far as anybody knows. */
  sends: number;
}

/**
 * Sends a request that may be repeated until it is answered, through every fault of the wire. `mayHaunt`: a request
 * whose sender has left may take effect after later ones.
 */
export async function insist(
  world: World,
  dice: Dice,
  given: { message: Message; mayHaunt: boolean },
): Promise<Insisted> {
  const { message, mayHaunt } = given;
  const says = `${message.path.split("/").slice(3).join("/")} ${JSON.stringify(message.body ?? {}).slice(0, 120)}`;
  const firstAnswers: Answer[] = [];
  const end = performance.now() + PATIENCE_MS;
  for (let sends = 1; performance.now() < end; sends += 1) {
    const isFaulty = !world.isCalm && chance(dice, world.plan.faults);
    const fault = isFaulty ? pick(dice, ["leave", "cut", "ignore", "twice"] as const) : "none";
    const got: (Answer | null)[] = [];
    if (fault === "twice") {
      sends += 1;
      got.push(...(await Promise.all([0, 1].map(() => world.send(world.host(dice), message)))));
    } else if (fault === "leave" && mayHaunt)
      await world.send(world.host(dice), message, { fault, leaveAfterMs: dice(12) });
    else if (fault === "cut") await world.send(world.host(dice), message, { fault });
    else {
      const answer = await world.send(world.host(dice), message);
      if (fault !== "ignore") got.push(answer);
      else if (answer) firstAnswers.push(answer);
    }
    const answers = got.filter((answer) => answer !== null);
    firstAnswers.push(...answers);
    compareRepeats(world, message, firstAnswers);
    const final = answers.find((answer) => isFinal(answer));
    world.note(
      `person ${fault === "none" ? "" : `(${fault}) `}${says} -> ${answers.map((a) => a.status).join(", ") || "nothing"}`,
    );
    if (final) return { answer: final, sends };
  }
  throw new Error(`${message.path} was not answered in ${PATIENCE_MS / 1_000} s`);
}

function isFinal(answer: Answer): boolean {
  return answer.status < 500 && codeOf(answer) !== "idempotency_key_in_progress";
}

/** Of one Idempotency-Key one answer is the first, and every other says the same. */
function compareRepeats(world: World, message: Message, answers: Answer[]): void {
  const key = message.headers?.["idempotency-key"];
  if (key === undefined) return;
  const done = answers.filter((answer) => answer.status < 300);
  if (done.some((answer) => answer.text !== done[0]?.text))
    world.violate(`${message.path} with key ${key} was answered differently: ${done.map((a) => a.text).join(" | ")}`);
  if (done.filter((answer) => answer.headers["idempotency-replayed"] === undefined).length > 1)
    world.violate(`${message.path} with key ${key} was done twice`);
}

/** The code of a problem document. */
export function codeOf(answer: Answer): string | null {
  if (answer.status < 400) return null;
  return (JSON.parse(answer.text) as { code?: string }).code ?? null;
}
