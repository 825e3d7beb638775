/** Makes a drawn graph's nodes buttons that arrows reach; done here, because a thousand times the same words need not travel. */
export function makeOperable(frame: Element): void {
  for (const [index, node] of [...frame.querySelectorAll("[data-node], [data-group]")].entries()) {
    node.setAttribute("role", "button");
    node.setAttribute("tabindex", index === 0 ? "0" : "-1");
  }
}
