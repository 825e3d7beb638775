import { expect, it, vi } from "vitest";
import { Batcher } from "./batcher";

/** A batcher of words whose batches end when the test says so. */
function heldBatcher(given: { itemsMax?: number; isOfOneItem?: (error: unknown) => boolean } = {}) {
  const batches: { items: string[]; end: () => void; fail: (error: Error) => void }[] = [];
  const batcher = new Batcher<string, string>({
    work: (items) =>
      new Promise((resolve, reject) => {
        batches.push({ items, end: () => resolve(items.map((item) => item.toUpperCase())), fail: reject });
      }),
    keyOf: (item) => item.charAt(0),
    itemsMax: given.itemsMax ?? 10,
    isOfOneItem: given.isOfOneItem ?? (() => false),
  });
  return { batcher, batches };
}

/** Lets what was promised so far happen. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

it("begins with one item at once, and does together what arrives meanwhile", async () => {
  const { batcher, batches } = heldBatcher();
  const answers = ["a1", "b1", "c1"].map((item) => batcher.do(item));
  expect(batches.map(({ items }) => items)).toEqual([["a1"]]);
  batches[0]?.end();
  await turn();
  expect(batches.map(({ items }) => items)).toEqual([["a1"], ["b1", "c1"]]);
  batches[1]?.end();
  expect(await Promise.all(answers)).toEqual(["A1", "B1", "C1"]);
});

it("takes one item of a key into a batch, in the order of arrival, and no more than it may", async () => {
  const { batcher, batches } = heldBatcher({ itemsMax: 2 });
  for (const item of ["x", "a1", "a2", "b1", "c1", "a3"]) void batcher.do(item);
  for (let index = 0; index < 4; index += 1) {
    batches[index]?.end();
    await turn();
  }
  expect(batches.map(({ items }) => items)).toEqual([["x"], ["a1", "b1"], ["a2", "c1"], ["a3"]]);
});

it("does not let others wait behind a batch that waits for a lock", async () => {
  const { batcher, batches } = heldBatcher();
  const slow = batcher.do("a");
  const quick = batcher.do("b");
  await vi.waitFor(() => expect(batches).toHaveLength(2));
  batches[1]?.end();
  expect(await quick).toBe("B");
  batches[0]?.end();
  expect(await slow).toBe("A");
});

it("tries each alone when one may have spoiled it for all", async () => {
  const { batcher, batches } = heldBatcher({ isOfOneItem: (error) => String(error).includes("bad item") });
  void batcher.do("x");
  const good = batcher.do("a");
  const bad = batcher.do("b").catch(String);
  batches[0]?.end();
  await turn();
  batches[1]?.fail(new Error("bad item"));
  await turn();
  expect(batches.slice(2).map(({ items }) => items)).toEqual([["a"], ["b"]]);
  batches[2]?.end();
  batches[3]?.fail(new Error("bad item"));
  expect(await good).toBe("A");
  expect(await bad).toBe("Error: bad item");
});

it("tells all of them when the trouble is nobody's fault", async () => {
  const { batcher, batches } = heldBatcher();
  void batcher.do("x");
  const answers = ["a", "b"].map((item) => batcher.do(item).catch(String));
  batches[0]?.end();
  await turn();
  batches[1]?.fail(new Error("the database is away"));
  expect(await Promise.all(answers)).toEqual(["Error: the database is away", "Error: the database is away"]);
  expect(batches).toHaveLength(2);
});
