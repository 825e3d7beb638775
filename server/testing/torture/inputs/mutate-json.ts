import { type Dice, pick } from "../../dice";
import { badName, badValue } from "./bad-values";
import { leaf, type Piece, placesOf } from "./json-text";

/** Changes one place of a JSON text: another value, or a member gone, doubled, renamed or new. */
export function mutateJson(root: Piece, dice: Dice): Piece {
  let result = root;
  const places = placesOf(root, (piece) => {
    result = piece;
  });
  // The whole body is only one place of many, and says little once it is gone.
  const place = pick(dice, places.length > 1 && dice(12) > 0 ? places.slice(1) : places);
  const { piece } = place;
  const how = dice(10);
  if (piece.kind === "object" && how < 7) changeMembers(piece.members, dice);
  else if (piece.kind === "array" && how < 5) changeItems(piece.items, dice);
  else if (piece.kind === "leaf" && how < 2) place.put(leaf(scarred(piece.text, dice)));
  else place.put(leaf(badValue(dice)));
  return result;
}

function changeMembers(members: [string, Piece][], dice: Dice): void {
  const at = dice(members.length + 1);
  const member = members[at];
  const how = dice(6);
  if (!member || how === 0) members.splice(at, 0, [badName(dice), leaf(badValue(dice))]);
  else if (how === 1) members.splice(at, 1);
  else if (how === 2) members.push([member[0], leaf(badValue(dice))]);
  else if (how === 3) members.push(member);
  else if (how === 4) member[0] = badName(dice);
  else member[1] = leaf(badValue(dice));
}

function changeItems(items: Piece[], dice: Dice): void {
  const at = dice(items.length + 1);
  const item = items[at];
  if (!item || dice(3) === 0) items.splice(at, 0, leaf(badValue(dice)));
  else if (dice(2) === 0) items.splice(at, 1);
  else items.push(...Array.from({ length: pick(dice, [1, 2, 100, 1_001]) }, () => item));
}

/** The text with a character gone, doubled or foreign: a string that nearly is one, a number that nearly is one. */
function scarred(text: string, dice: Dice): string {
  const at = dice(text.length + 1);
  const scar = pick(dice, ["", "\\u0000", "\\udfff", "\u0000", "\ufeff", "\\", '"', "é", "9", " ", "\n"]);
  return text.slice(0, at) + scar + text.slice(at + dice(2));
}
