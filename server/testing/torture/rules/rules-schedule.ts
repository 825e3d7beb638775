import { TASK_STATUSES } from "../../../core/status";
import { nextStatus, TASK_CHANGES } from "../../../core/transitions";
import { type Dice, makeDice, pick } from "../../dice";
import { checkGraphRules } from "./check-graph-rules";
import { comparePlan, compareRun, Replay } from "./compare-run";
import { MemoryRun } from "./memory-run";
import { Model } from "./model";
import { modelNext } from "./model-table";
import { calmTransaction, nextTransaction } from "./next-transaction";
import { describe, describePlan, type RunPlan, type Transaction } from "./operation";
import { randomNeeds } from "./random-graph";

const STEPS_MAX = 40;

export interface ScheduleResult {
  violations: string[];
  story: string[];
}

/** One life of one run, by dice: the core and the model do the same and are compared after every transaction. */
export function runRulesSchedule(seed: number, schedule: number): ScheduleResult {
  const dice = makeDice(seed, schedule);
  const violations = [...checkGraphRules(dice), ...checkTable(dice)];
  const plan: RunPlan = {
    needs: randomNeeds(dice),
    dispatch: pick(dice, ["manual", "auto"]),
    onFailure: pick(dice, ["continue", "stop", "cancel"]),
  };
  const done: Transaction[] = [];
  const both = new Both(plan);
  try {
    violations.push(...both.create());
    for (let left = 5 + dice(STEPS_MAX); left > 0 && violations.length === 0; left -= 1) {
      const transaction = nextTransaction(dice, both.model);
      done.push(transaction);
      violations.push(...both.transact(transaction));
    }
    // Left in peace every run comes to its end: each round at least one task of the longest path gets there.
    for (let rounds = 2 * plan.needs.length + 4; rounds > 0 && violations.length === 0; rounds -= 1) {
      if (both.model.settled && !both.model.places().some((task) => both.model.isReady(task))) break;
      const transaction = calmTransaction(both.model);
      done.push(transaction);
      violations.push(...both.transact(transaction));
      if (rounds === 1) violations.push(`the run is stuck: ${both.subject.run.status}`);
    }
  } catch (error) {
    violations.push(error instanceof Error ? error.message : String(error));
  }
  // Words are only made for what somebody will read.
  const story = violations.length === 0 ? [] : [describePlan(plan), ...done.map(describe)];
  return { violations, story };
}

/** The run of the core and the model of it, side by side. */
class Both {
  readonly subject: MemoryRun;
  readonly model: Model;
  private readonly replay: Replay;
  private now = 1_000;

  constructor(plan: RunPlan) {
    this.subject = new MemoryRun(plan);
    this.model = new Model(plan);
    this.replay = new Replay(plan.needs.length);
  }

  create(): string[] {
    this.subject.create(this.now);
    this.model.create(this.now);
    return this.compare();
  }

  transact(transaction: Transaction): string[] {
    this.now += 1_000;
    const is = this.subject.transact(transaction, this.now).join(" ");
    const should = this.model.transact(transaction, this.now).join(" ");
    return [...(is === should ? [] : [`answers are ${is}, should be ${should}`]), ...this.compare()];
  }

  private compare(): string[] {
    const { subject, model } = this;
    return [
      ...compareRun(subject, model),
      ...comparePlan(subject, model),
      ...this.replay.follow(subject.events, subject),
    ];
  }
}

function checkTable(dice: Dice): string[] {
  const status = pick(dice, TASK_STATUSES);
  const change = pick(dice, TASK_CHANGES);
  const is = nextStatus(status, change);
  const should = modelNext(status, change);
  return is === should ? [] : [`${change} leads from ${status} to ${is}, should be ${should}`];
}
