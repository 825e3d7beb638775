import pg from "pg";
import { inject } from "vitest";

// A database per worker, cloned afresh for every file before any module under test reads DATABASE_URL.
const templateName = inject("templateName");
const name = `${templateName}_${process.env.VITEST_POOL_ID}`;
const url = new URL(inject("pgUrl"));
const admin = new pg.Client({ connectionString: url.toString() });
await admin.connect();
await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
await admin.query(`CREATE DATABASE ${name} TEMPLATE ${templateName} STRATEGY FILE_COPY`);
await admin.end();
url.pathname = `/${name}`;
process.env.DATABASE_URL = url.toString();
