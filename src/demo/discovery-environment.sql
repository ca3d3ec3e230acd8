-- The part of the Discovery Environment's database that the coordinator reads and writes: same names, types and defaults as its
-- migrations make. Columns that refer to tables left out here (operators, app_versions) are kept without the reference.
CREATE EXTENSION IF NOT EXISTS "uuid-ossp";

CREATE TABLE users (
  id uuid PRIMARY KEY DEFAULT uuid_generate_v1(),
  username varchar(512) NOT NULL UNIQUE
);

CREATE TABLE logins (
  user_id uuid NOT NULL REFERENCES users (id),
  ip_address varchar(15),
  login_time timestamp NOT NULL DEFAULT now(),
  session_id text
);

CREATE TABLE job_types (
  id uuid PRIMARY KEY DEFAULT uuid_generate_v1(),
  name varchar(36) NOT NULL,
  system_id varchar(36) NOT NULL
);

CREATE TABLE jobs (
  id uuid PRIMARY KEY DEFAULT uuid_generate_v1(),
  job_name varchar(255) NOT NULL,
  job_description text DEFAULT '',
  app_name varchar(255),
  job_type_id uuid NOT NULL REFERENCES job_types (id),
  app_id varchar(255),
  app_wiki_url text,
  app_description text,
  result_folder_path text,
  start_date timestamp,
  end_date timestamp,
  planned_end_date timestamp,
  status varchar(64) NOT NULL,
  deleted boolean NOT NULL DEFAULT false,
  notify boolean NOT NULL DEFAULT false,
  user_id uuid NOT NULL REFERENCES users (id),
  subdomain varchar(32),
  submission json,
  parent_id uuid REFERENCES jobs (id),
  millicores_reserved integer NOT NULL DEFAULT 0,
  app_version_id uuid,
  usage_last_update timestamp,
  operator_id uuid
);

CREATE INDEX jobs_status_idx ON jobs (status);

CREATE INDEX jobs_user_id_idx ON jobs (user_id);

CREATE TABLE job_steps (
  job_id uuid NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  step_number integer NOT NULL,
  external_id varchar(64),
  start_date timestamp,
  end_date timestamp,
  status varchar(64) NOT NULL,
  job_type_id uuid NOT NULL REFERENCES job_types (id),
  app_step_number integer NOT NULL,
  PRIMARY KEY (job_id, step_number)
);

-- Not unique: the Discovery Environment does not promise it either.
CREATE INDEX job_steps_external_id_idx ON job_steps (external_id);

CREATE TABLE job_status_updates (
  id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
  external_id varchar(64) NOT NULL,
  message text NOT NULL,
  status text NOT NULL,
  sent_from inet NOT NULL,
  sent_from_hostname text NOT NULL,
  sent_on bigint NOT NULL,
  propagated boolean NOT NULL DEFAULT false,
  propagation_attempts bigint NOT NULL DEFAULT 0,
  last_propagation_attempt bigint,
  created_date timestamp NOT NULL DEFAULT now()
);

CREATE TABLE job_limits (
  id uuid PRIMARY KEY DEFAULT uuid_generate_v1(),
  launcher text UNIQUE,
  concurrent_jobs integer NOT NULL
);

-- The row without a launcher is everybody's limit.
INSERT INTO job_limits (id, launcher, concurrent_jobs) VALUES ('72dfef9a-f6b1-482e-b2a0-16194247be31', NULL, 8);

INSERT INTO job_types (id, name, system_id) VALUES
  ('ad069d9f-e38f-418c-84f6-21f620cade77', 'DE', 'de'),
  ('ead7467a-67c1-4087-90e1-f29ebf2ea084', 'Interactive', 'interactive');
