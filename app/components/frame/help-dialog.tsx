"use client";
import { Dialog } from "../ui/dialog";
import { Kbd } from "../ui/kbd";
import { Switch } from "../ui/switch";
import { useShortcutsOn } from "./shortcuts";

const GROUPS: { title: string; keys: [keys: string, does: string][] }[] = [
  {
    title: "Everywhere",
    keys: [
      ["?", "This help"],
      ["g r", "Runs"],
      ["g t", "Templates"],
      ["g n", "Runners"],
      ["c", "New run"],
      ["Esc", "Close, clear"],
    ],
  },
  {
    title: "Lists",
    keys: [
      ["j", "Down"],
      ["k", "Up"],
      ["Enter", "Open"],
    ],
  },
  {
    title: "A run",
    keys: [
      ["1", "Graph"],
      ["2", "List"],
      ["4", "Events"],
      ["d", "Dispatch next"],
      ["D", "Dispatch all ready"],
      ["A", "Abort (asks first)"],
      ["l", "Log of the selection"],
      ["f", "Next failure"],
      ["H", "Hide what succeeded"],
    ],
  },
];

/** Every key, and the switch that turns single keys off. */
export function HelpDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const [on, setOn] = useShortcutsOn();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard" width="max-w-2xl">
      <div className="grid gap-x-10 gap-y-6 sm:grid-cols-3">
        {GROUPS.map((group) => (
          <section key={group.title}>
            <h3 className="mb-2 text-xs font-medium text-muted">{group.title}</h3>
            <dl className="space-y-1.5 text-sm">
              {group.keys.map(([keys, does]) => (
                <div key={keys} className="flex items-center justify-between gap-3">
                  <dt className="order-2 flex gap-1">
                    {keys.split(" ").map((key) => (
                      <Kbd key={key}>{key.length === 1 && key !== key.toLowerCase() ? `⇧ ${key}` : key}</Kbd>
                    ))}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <div className="mt-6 flex items-center justify-between border-t border-line pt-4">
        <p className="text-sm text-muted">Keys are ignored while you type. Kept in this browser.</p>
        <Switch label="Single-key shortcuts" checked={on} onCheckedChange={setOn} />
      </div>
    </Dialog>
  );
}
