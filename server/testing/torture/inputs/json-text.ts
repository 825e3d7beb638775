/** JSON as a text is made of: members may repeat, and a leaf is any text, valid or not. */
export type Piece =
  | { kind: "object"; members: [name: string, value: Piece][] }
  | { kind: "array"; items: Piece[] }
  | { kind: "leaf"; text: string };

/** The pieces of a value. */
export function piecesOf(value: unknown): Piece {
  if (Array.isArray(value)) return { kind: "array", items: value.map(piecesOf) };
  if (typeof value !== "object" || value === null) return leaf(JSON.stringify(value) ?? "null");
  const members = Object.entries(value).filter(([, item]) => item !== undefined);
  return { kind: "object", members: members.map(([name, item]) => [JSON.stringify(name), piecesOf(item)]) };
}

/** A piece that is written as it is. */
export function leaf(text: string): Piece {
  return { kind: "leaf", text };
}

/** The text; names of members are written as they are, quotes included. */
export function textOf(piece: Piece): string {
  if (piece.kind === "leaf") return piece.text;
  if (piece.kind === "array") return `[${piece.items.map(textOf).join(",")}]`;
  return `{${piece.members.map(([name, value]) => `${name}:${textOf(value)}`).join(",")}}`;
}

/** Every piece inside, itself included, with a way to put another in its place. */
export function placesOf(
  root: Piece,
  replace: (piece: Piece) => void,
): { piece: Piece; put: (piece: Piece) => void }[] {
  const here = [{ piece: root, put: replace }];
  if (root.kind === "array")
    for (const [index, item] of root.items.entries())
      here.push(...placesOf(item, (piece) => void root.items.splice(index, 1, piece)));
  if (root.kind === "object")
    for (const member of root.members)
      here.push(
        ...placesOf(member[1], (piece) => {
          member[1] = piece;
        }),
      );
  return here;
}
