/** Who may do what. Every REST route and tRPC procedure names one of these policies; a test walks them all. */

export const ROLES = ["owner", "admin", "operator", "reviewer", "viewer"] as const;
export type Role = (typeof ROLES)[number];

/** What an API token may be allowed; `runner` is what a runner's own token carries. */
export const SCOPES = ["read", "run", "dispatch", "admin", "runner"] as const;
export type Scope = (typeof SCOPES)[number];

interface Rule {
  /** Members who may; nobody when empty. */
  roles: readonly Role[];
  /** A token needs this one; null: no token may. */
  scope: Scope | null;
}

const everyone = ROLES;
// Whoever may write commands may run code on the runners: reviewers and viewers only read.
const operators = ["owner", "admin", "operator"] as const satisfies readonly Role[];
const admins = ["owner", "admin"] as const satisfies readonly Role[];

export const POLICIES = {
  /** Health and sign-in: no identity is asked for. */
  public: { roles: everyone, scope: null },
  /** Runs, tasks, logs, templates, runners: everything that belongs to the team. */
  "team.read": { roles: everyone, scope: "read" },
  "template.save": { roles: operators, scope: "run" },
  "run.create": { roles: operators, scope: "run" },
  "run.dispatch": { roles: operators, scope: "dispatch" },
  "run.abort": { roles: operators, scope: "run" },
  "task.cancel": { roles: operators, scope: "run" },
  "runner.manage": { roles: admins, scope: "admin" },
  /** What runners themselves call. */
  "runner.protocol": { roles: [], scope: "runner" },
} as const satisfies Record<string, Rule>;
export type Policy = keyof typeof POLICIES;

/** Whether a member with this role may. */
export function roleMay(role: Role, policy: Policy): boolean {
  const roles: readonly Role[] = POLICIES[policy].roles;
  return roles.includes(role);
}

/** Whether a token with these scopes may. */
export function scopesMay(scopes: readonly string[], policy: Policy): boolean {
  const scope: Scope | null = POLICIES[policy].scope;
  return policy === "public" || (scope !== null && scopes.includes(scope));
}

/** The sentence that tells a member why a button is disabled or a call was refused. */
export function roleRefusal(role: Role, policy: Policy): string {
  const roles: readonly Role[] = POLICIES[policy].roles;
  return `Your role is ${role}; this needs ${roles.join(", ").replace(/, ([^,]*)$/, " or $1")}.`;
}
