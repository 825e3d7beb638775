interface Waiting<Item, Answer> {
  item: Item;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/** A batch that is slower than this waits for a lock: others need not wait behind it. */
const SLOW_AFTER_MS = 20;
const BATCHES_MAX = 4;

/**
 * Collects what arrives while earlier work is under way, and does it together: alone it starts at once, under load the
 * batches grow by themselves. Of one key there is at most one item in a batch, in the order of arrival.
 */
export class Batcher<Item, Answer> {
  private readonly waiting: Waiting<Item, Answer>[] = [];
  private fast = 0;
  private slow = 0;
  private collecting: NodeJS.Timeout | undefined;

  constructor(
    private readonly parts: {
      /** Answers each item, in order; a throw concerns all of them. */
      work: (items: Item[]) => Promise<Answer[]>;
      keyOf: (item: Item) => string;
      itemsMax: number;
      /** Whether a throw may be the fault of one item: then each is tried alone. */
      isOfOneItem: (error: unknown) => boolean;
      /** How long an item may wait for company, in milliseconds, before its batch begins. */
      collectMs?: () => number;
    },
  ) {}

  /** Does one item, together with others. */
  do(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      const collectMs = this.parts.collectMs?.() ?? 0;
      if (collectMs <= 0) return this.begin();
      this.collecting ??= setTimeout(() => {
        this.collecting = undefined;
        this.begin();
      }, collectMs);
    });
  }

  private begin(): void {
    if (this.waiting.length === 0 || this.fast > 0 || this.fast + this.slow >= BATCHES_MAX) return;
    const batch = this.take();
    let isSlow = false;
    this.fast += 1;
    const timer = setTimeout(() => {
      isSlow = true;
      this.fast -= 1;
      this.slow += 1;
      this.begin();
    }, SLOW_AFTER_MS);
    void this.work(batch).finally(() => {
      clearTimeout(timer);
      if (isSlow) this.slow -= 1;
      else this.fast -= 1;
      this.begin();
    });
  }

  private take(): Waiting<Item, Answer>[] {
    const keys = new Set<string>();
    const batch: Waiting<Item, Answer>[] = [];
    const rest: Waiting<Item, Answer>[] = [];
    for (const one of this.waiting.splice(0)) {
      const key = this.parts.keyOf(one.item);
      const isTaken = batch.length < this.parts.itemsMax && !keys.has(key);
      keys.add(key);
      (isTaken ? batch : rest).push(one);
    }
    this.waiting.push(...rest);
    return batch;
  }

  private async work(batch: Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await this.parts.work(batch.map(({ item }) => item));
      if (answers.length !== batch.length) throw new Error(`${answers.length} answers to ${batch.length} items`);
      batch.forEach(({ resolve }, index) => {
        resolve(answers[index] as Answer);
      });
    } catch (error) {
      if (batch.length > 1 && this.parts.isOfOneItem(error)) await Promise.all(batch.map((one) => this.work([one])));
      else for (const { reject } of batch) reject(error);
    }
  }
}
