-- CreateTable
CREATE TABLE "team" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "last_run_number" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "team_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app_user" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "app_user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "member" (
    "team_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "member_pkey" PRIMARY KEY ("team_id","user_id")
);

-- CreateTable
CREATE TABLE "sign_in_attempt" (
    "id" BIGSERIAL NOT NULL,
    "key" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sign_in_attempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_token" (
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "token_id" TEXT NOT NULL,
    "route" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "body_hash" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "answer" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("token_id","route","key")
);

-- CreateTable
CREATE TABLE "workflow_template" (
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "workflow_template_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "workflow_template_version" (
    "template_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "definition" JSONB NOT NULL,
    "created_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "workflow_template_version_pkey" PRIMARY KEY ("template_id","version")
);

-- CreateTable
CREATE TABLE "workflow_run" (
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "template_id" UUID,
    "template_version" INTEGER,
    "name" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'created',
    "settled" BOOLEAN NOT NULL DEFAULT false,
    "aborted" BOOLEAN NOT NULL DEFAULT false,
    "paused" BOOLEAN NOT NULL DEFAULT false,
    "started" BOOLEAN NOT NULL DEFAULT false,
    "dispatch" TEXT NOT NULL,
    "on_failure" TEXT NOT NULL,
    "env" JSONB NOT NULL,
    "counts" JSONB NOT NULL,
    "last_event_number" INTEGER NOT NULL DEFAULT 0,
    "last_event_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "workflow_run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "task" (
    "id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'created',
    "spec" JSONB NOT NULL,
    "runs_on" TEXT[],
    "unmet_needs" INTEGER NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "leases_lost" INTEGER NOT NULL DEFAULT 0,
    "attempt_id" UUID,
    "runner_id" UUID,
    "reason" TEXT,
    "exit_code" INTEGER,
    "dispatched_at" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "task_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dependency" (
    "run_id" UUID NOT NULL,
    "task_id" UUID NOT NULL,
    "needs_task_id" UUID NOT NULL,

    CONSTRAINT "dependency_pkey" PRIMARY KEY ("needs_task_id","task_id")
);

-- CreateTable
CREATE TABLE "runner" (
    "id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),
    "instance_id" TEXT,
    "sync_number" BIGINT NOT NULL DEFAULT 0,
    "process_id" TEXT,
    "version" TEXT,
    "os" TEXT,
    "arch" TEXT,
    "labels" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "slots" INTEGER NOT NULL DEFAULT 0,
    "state" TEXT NOT NULL DEFAULT 'active',
    "last_seen_at" TIMESTAMPTZ(3),

    CONSTRAINT "runner_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "runner_instance" (
    "runner_id" UUID NOT NULL,
    "instance_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "runner_instance_pkey" PRIMARY KEY ("runner_id","instance_id")
);

-- CreateTable
CREATE TABLE "attempt" (
    "id" UUID NOT NULL,
    "task_id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "runner_id" UUID NOT NULL,
    "instance_id" TEXT NOT NULL,
    "sync_number" BIGINT NOT NULL,
    "claimed_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "lease_expires_at" TIMESTAMPTZ(3),
    "deadline_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" TEXT,
    "reported_status" TEXT,
    "exit_code" INTEGER,
    "reason" TEXT,
    "outputs" JSONB,
    "log_entries" INTEGER NOT NULL DEFAULT 0,
    "log_bytes" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "attempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "log_entry" (
    "attempt_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "stream" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "log_entry_pkey" PRIMARY KEY ("attempt_id","seq")
);

-- CreateTable
CREATE TABLE "event" (
    "run_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "task_id" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor_type" TEXT NOT NULL,
    "actor_id" TEXT,
    "actor_name" TEXT NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "event_pkey" PRIMARY KEY ("run_id","number")
);

-- CreateTable
CREATE TABLE "server_heartbeat" (
    "id" INTEGER NOT NULL,
    "alive_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "server_heartbeat_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "app_user_email_key" ON "app_user"("email");

-- CreateIndex
CREATE INDEX "member_user_id_idx" ON "member"("user_id");

-- CreateIndex
CREATE INDEX "sign_in_attempt_key_at_idx" ON "sign_in_attempt"("key", "at");

-- CreateIndex
CREATE UNIQUE INDEX "api_token_token_hash_key" ON "api_token"("token_hash");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "idempotency_key"("created_at");

-- CreateIndex
CREATE INDEX "workflow_template_team_id_created_at_idx" ON "workflow_template"("team_id", "created_at");

-- CreateIndex
CREATE INDEX "workflow_run_template_id_idx" ON "workflow_run"("template_id");

-- CreateIndex
CREATE UNIQUE INDEX "workflow_run_team_id_number_key" ON "workflow_run"("team_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "task_run_id_position_key" ON "task"("run_id", "position");

-- CreateIndex
CREATE UNIQUE INDEX "task_run_id_key_key" ON "task"("run_id", "key");

-- CreateIndex
CREATE INDEX "dependency_run_id_idx" ON "dependency"("run_id");

-- CreateIndex
CREATE UNIQUE INDEX "runner_token_hash_key" ON "runner"("token_hash");

-- CreateIndex
CREATE INDEX "runner_team_id_idx" ON "runner"("team_id");

-- CreateIndex
CREATE UNIQUE INDEX "attempt_task_id_number_key" ON "attempt"("task_id", "number");

-- AddForeignKey
ALTER TABLE "member" ADD CONSTRAINT "member_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member" ADD CONSTRAINT "member_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflow_template" ADD CONSTRAINT "workflow_template_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflow_template_version" ADD CONSTRAINT "workflow_template_version_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "workflow_template"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflow_run" ADD CONSTRAINT "workflow_run_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflow_run" ADD CONSTRAINT "workflow_run_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "workflow_template"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "task" ADD CONSTRAINT "task_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "workflow_run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dependency" ADD CONSTRAINT "dependency_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "task"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dependency" ADD CONSTRAINT "dependency_needs_task_id_fkey" FOREIGN KEY ("needs_task_id") REFERENCES "task"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "runner" ADD CONSTRAINT "runner_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "runner_instance" ADD CONSTRAINT "runner_instance_runner_id_fkey" FOREIGN KEY ("runner_id") REFERENCES "runner"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attempt" ADD CONSTRAINT "attempt_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "task"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attempt" ADD CONSTRAINT "attempt_runner_id_fkey" FOREIGN KEY ("runner_id") REFERENCES "runner"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "log_entry" ADD CONSTRAINT "log_entry_attempt_id_fkey" FOREIGN KEY ("attempt_id") REFERENCES "attempt"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event" ADD CONSTRAINT "event_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "workflow_run"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What Prisma cannot express. Each constraint says what it forbids, each partial index which query it serves.

-- Only the words of server/core/status.ts.
ALTER TABLE "task" ADD CONSTRAINT "task_status_known" CHECK (status IN ('created','dispatched','queued','running','cancel-requested','success','failed','canceled','submit-failed','skipped'));
ALTER TABLE "workflow_run" ADD CONSTRAINT "workflow_run_status_known" CHECK (status IN ('created','running','paused','success','failed','aborted'));
ALTER TABLE "workflow_run" ADD CONSTRAINT "workflow_run_dispatch_known" CHECK (dispatch IN ('manual','auto'));
ALTER TABLE "workflow_run" ADD CONSTRAINT "workflow_run_on_failure_known" CHECK (on_failure IN ('continue','stop','cancel'));
ALTER TABLE "member" ADD CONSTRAINT "member_role_known" CHECK (role IN ('owner','admin','operator','reviewer','viewer'));
ALTER TABLE "runner" ADD CONSTRAINT "runner_state_known" CHECK (state IN ('active','draining'));
ALTER TABLE "server_heartbeat" ADD CONSTRAINT "server_heartbeat_one_row" CHECK (id = 1);

-- An aborted flag and the aborted status are one fact; a run that left `created` has started.
ALTER TABLE "workflow_run" ADD CONSTRAINT "workflow_run_aborted_is_final" CHECK (aborted = (status = 'aborted'));
ALTER TABLE "workflow_run" ADD CONSTRAINT "workflow_run_settled_is_over" CHECK (NOT settled OR status IN ('success','failed','aborted'));
ALTER TABLE "workflow_run" ADD CONSTRAINT "workflow_run_finished_when_settled" CHECK (NOT settled OR finished_at IS NOT NULL);

-- A task leaves `created` by dispatch only when everything it needs is a success; unmet needs are never negative.
ALTER TABLE "task" ADD CONSTRAINT "task_active_needs_are_met" CHECK (unmet_needs = 0 OR status IN ('created','canceled','skipped'));
ALTER TABLE "task" ADD CONSTRAINT "task_unmet_needs_not_negative" CHECK (unmet_needs >= 0);
-- A task that a runner holds names its attempt.
ALTER TABLE "task" ADD CONSTRAINT "task_held_has_attempt" CHECK (status NOT IN ('queued','running','cancel-requested') OR attempt_id IS NOT NULL);
ALTER TABLE "task" ADD CONSTRAINT "task_running_has_started" CHECK (status <> 'running' OR started_at IS NOT NULL);
-- No task needs itself.
ALTER TABLE "dependency" ADD CONSTRAINT "dependency_not_self" CHECK (task_id <> needs_task_id);

-- A live attempt has a lease; an ended one has none and says who ended it.
ALTER TABLE "attempt" ADD CONSTRAINT "attempt_live_has_lease" CHECK ((ended_at IS NULL) = (lease_expires_at IS NOT NULL));
ALTER TABLE "attempt" ADD CONSTRAINT "attempt_end_has_author" CHECK ((ended_at IS NULL) = (ended_by IS NULL));
ALTER TABLE "attempt" ADD CONSTRAINT "attempt_ended_by_known" CHECK (ended_by IN ('runner','server'));
-- A task has at most one live attempt.
CREATE UNIQUE INDEX "attempt_one_live_per_task" ON "attempt" (task_id) WHERE ended_at IS NULL;
-- Room, cancels and resends of one runner.
CREATE INDEX "attempt_live_by_runner" ON "attempt" (runner_id) WHERE ended_at IS NULL;
-- The sweeper: what expires next.
CREATE INDEX "attempt_live_by_lease" ON "attempt" (lease_expires_at) WHERE ended_at IS NULL;
CREATE INDEX "attempt_live_by_deadline" ON "attempt" (deadline_at) WHERE ended_at IS NULL AND deadline_at IS NOT NULL;

-- The matcher: dispatched work of a team, oldest first.
CREATE INDEX "task_dispatched" ON "task" (team_id, dispatched_at, position) WHERE status = 'dispatched';
-- The claim inside one run: its dispatched tasks, oldest first.
CREATE INDEX "task_dispatched_in_run" ON "task" (run_id, dispatched_at, position) WHERE status = 'dispatched';
-- dispatch-ready and auto mode: what is ready, in template order.
CREATE INDEX "task_ready" ON "task" (run_id, position) WHERE unmet_needs = 0 AND status IN ('created', 'submit-failed');
-- Names are unique among a team's unarchived templates.
CREATE UNIQUE INDEX "workflow_template_name_taken" ON "workflow_template" (team_id, name) WHERE archived_at IS NULL;

-- Event numbers start at 1.
ALTER TABLE "event" ADD CONSTRAINT "event_number_positive" CHECK (number > 0);
ALTER TABLE "log_entry" ADD CONSTRAINT "log_entry_seq_positive" CHECK (seq > 0);
-- Status updates of a task rewrite its row often; room on the page keeps them from touching the key indexes.
ALTER TABLE "task" SET (fillfactor = 70);
ALTER TABLE "workflow_run" SET (fillfactor = 50);
ALTER TABLE "runner" SET (fillfactor = 50);

INSERT INTO "server_heartbeat" (id, alive_at) VALUES (1, now());
