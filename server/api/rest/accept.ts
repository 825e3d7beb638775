/** Whether an Accept header asks for text/plain rather than JSON; `* / *` and nothing mean JSON. */
export function prefersText(accept: string | null): boolean {
  const quality = (type: string): number => {
    for (const part of (accept ?? "").toLowerCase().split(",")) {
      const [name, ...parameters] = part.split(";").map((piece) => piece.trim());
      if (name !== type) continue;
      const q = parameters.find((parameter) => parameter.startsWith("q="));
      return q ? Number(q.slice(2)) || 0 : 1;
    }
    return 0;
  };
  const text = Math.max(quality("text/plain"), quality("text/*"));
  return text > 0 && text > quality("application/json");
}
