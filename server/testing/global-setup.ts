import pg from "pg";
import type { TestProject } from "vitest/node";
import { migrate } from "../db/migrate";

declare module "vitest" {
  interface ProvidedContext {
    pgUrl: string;
    templateName: string;
  }
}

/** Migrates one template database; every test file works in a clone of it. `npm test` sets TEST_DATABASE_URL. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  if (!given) throw new Error("TEST_DATABASE_URL is not set: run `npm test`, or point it at a PostgreSQL superuser");
  const base = new URL(given);
  base.pathname = "/postgres";
  // Every project of a vitest run calls this, in one process.
  const templateName = `test_template_${process.pid}_${project.name}`;
  const admin = new pg.Client({ connectionString: base.toString() });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${templateName}`);
  const template = new URL(base);
  template.pathname = `/${templateName}`;
  await migrate(template.toString());
  project.provide("pgUrl", base.toString());
  project.provide("templateName", templateName);
  return async () => {
    const { rows } = await admin.query<{ datname: string }>("SELECT datname FROM pg_database WHERE datname LIKE $1", [
      `${templateName}%`,
    ]);
    for (const row of rows) await admin.query(`DROP DATABASE IF EXISTS ${row.datname} WITH (FORCE)`);
    await admin.end();
  };
}
