import type { Report, ReportAnswer } from "./protocol";

/** Reports in the order in which things happened, kept until the server has answered them, accepted or not. */
export class Outbox {
  private items: Report[] = [];

  get size(): number {
    return this.items.length;
  }

  add(report: Report): void {
    this.items.push(report);
  }

  has(attemptId: string): boolean {
    return this.items.some((item) => item.attempt_id === attemptId);
  }

  first(count: number): Report[] {
    return this.items.slice(0, count);
  }

  /** Removes those of `sent` that the answer speaks of, and answers with them. */
  settle(sent: Report[], answers: ReportAnswer[]): Array<{ report: Report; isAccepted: boolean }> {
    const accepted = new Map<string, boolean[]>();
    for (const answer of answers) {
      const list = accepted.get(answer.attempt_id);
      if (list) list.push(answer.accepted);
      else accepted.set(answer.attempt_id, [answer.accepted]);
    }
    const settled: Array<{ report: Report; isAccepted: boolean }> = [];
    for (const report of sent) {
      const list = accepted.get(report.attempt_id);
      // Answers come in the order of the reports; a single one for an attempt speaks for all of its reports.
      if (list?.[0] !== undefined)
        settled.push({ report, isAccepted: list.length > 1 ? list.shift() === true : list[0] });
    }
    this.remove(new Set(settled.map(({ report }) => report)));
    return settled;
  }

  remove(reports: Set<Report>): void {
    this.items = this.items.filter((item) => !reports.has(item));
  }
}
