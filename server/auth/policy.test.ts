import { describe, expect, it } from "vitest";
import { POLICIES, type Policy, ROLES, roleMay, roleRefusal, SCOPES, scopesMay } from "./policy";

describe("policies", () => {
  // The table of who may what: changing a rule means changing a line here.
  const table: [Policy, string, string | null][] = [
    ["team.read", "owner admin operator reviewer viewer", "read"],
    ["template.save", "owner admin operator", "run"],
    ["run.create", "owner admin operator", "run"],
    ["run.dispatch", "owner admin operator", "dispatch"],
    ["run.abort", "owner admin operator", "run"],
    ["task.cancel", "owner admin operator", "run"],
    ["runner.manage", "owner admin", "admin"],
    ["runner.protocol", "", "runner"],
    ["public", "owner admin operator reviewer viewer", null],
  ];

  it("are all in the table", () => {
    expect(table.map(([policy]) => policy).sort()).toEqual(Object.keys(POLICIES).sort());
  });

  it.each(table)("%s is for %s and scope %s", (policy, roles, scope) => {
    expect(ROLES.filter((role) => roleMay(role, policy)).join(" ")).toBe(roles);
    if (scope !== null) expect(SCOPES.filter((given) => scopesMay([given], policy))).toEqual([scope]);
    expect(scopesMay([], policy)).toBe(policy === "public");
  });

  it("explain a refusal", () => {
    expect(roleRefusal("viewer", "run.abort")).toBe("Your role is viewer; this needs owner, admin or operator.");
  });
});
