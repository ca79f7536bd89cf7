-- What was reported without a run; what runs planned, what they printed, and which process they were of; and an index for
-- each question that would otherwise look at every row.

DROP VIEW latest;
DROP VIEW durations;
DROP VIEW failed_pieces;
DROP VIEW latest_checks;

ALTER TABLE runs ADD COLUMN process_started REAL;
ALTER TABLE runs ADD COLUMN parent TEXT;
CREATE INDEX runs_running ON runs (number) WHERE status = 'running';
CREATE INDEX runs_of_parent ON runs (parent) WHERE parent IS NOT NULL;

-- SQLite can't take NOT NULL from a column: a table with it is written anew. Its sequence goes on where it was.
CREATE TABLE new_materializations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  asset_id INTEGER NOT NULL REFERENCES assets(id),
  partition TEXT NOT NULL,
  kind TEXT NOT NULL,
  run INTEGER REFERENCES runs(number),
  time REAL NOT NULL,
  duration REAL NOT NULL,
  code TEXT,
  data_version TEXT,
  format TEXT,
  type TEXT,
  size INTEGER,
  digest TEXT,
  signature BLOB,
  path TEXT,
  metadata TEXT NOT NULL DEFAULT '{}',
  tags TEXT NOT NULL DEFAULT '{}',
  description TEXT
);
INSERT INTO new_materializations
  SELECT id, asset_id, partition, kind, run, time, duration, code, data_version, format, type, size, digest, signature,
         path, metadata, tags, NULL
  FROM materializations ORDER BY id;
DELETE FROM sqlite_sequence WHERE name = 'new_materializations';
INSERT INTO sqlite_sequence (name, seq)
  SELECT 'new_materializations', seq FROM sqlite_sequence WHERE name = 'materializations';
DROP TABLE materializations;
ALTER TABLE new_materializations RENAME TO materializations;
CREATE INDEX materializations_of_piece ON materializations (asset_id, partition);
CREATE INDEX materializations_of_asset ON materializations (asset_id, id, time);
CREATE INDEX materializations_of_run ON materializations (run);

CREATE TABLE new_check_results (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  asset_id INTEGER NOT NULL REFERENCES assets(id),
  partition TEXT NOT NULL,
  name TEXT NOT NULL,
  run INTEGER REFERENCES runs(number),
  time REAL NOT NULL,
  passed INTEGER NOT NULL,
  severity TEXT NOT NULL,
  blocking INTEGER NOT NULL,
  event_id INTEGER NOT NULL DEFAULT 0,
  description TEXT,
  metadata TEXT NOT NULL DEFAULT '{}',
  error TEXT,
  traceback TEXT
);
INSERT INTO new_check_results
  SELECT id, asset_id, partition, name, run, time, passed, severity, blocking, event_id, description, metadata, error,
         traceback
  FROM check_results ORDER BY id;
DELETE FROM sqlite_sequence WHERE name = 'new_check_results';
INSERT INTO sqlite_sequence (name, seq)
  SELECT 'new_check_results', seq FROM sqlite_sequence WHERE name = 'check_results';
DROP TABLE check_results;
ALTER TABLE new_check_results RENAME TO check_results;
CREATE INDEX check_results_of_piece ON check_results (asset_id, name, partition, id);
CREATE INDEX check_results_of_run ON check_results (run);

CREATE TABLE new_pieces (
  asset_id INTEGER NOT NULL REFERENCES assets(id),
  partition TEXT NOT NULL,
  state TEXT NOT NULL,
  kind TEXT NOT NULL DEFAULT '',
  event_id INTEGER NOT NULL DEFAULT 0,
  value_event_id INTEGER NOT NULL DEFAULT 0,
  failure_id INTEGER NOT NULL DEFAULT 0,
  run INTEGER REFERENCES runs(number),
  time REAL NOT NULL,
  duration REAL NOT NULL DEFAULT 0,
  size INTEGER NOT NULL DEFAULT 0,
  code TEXT,
  data_version TEXT,
  PRIMARY KEY (asset_id, partition)
) WITHOUT ROWID;
INSERT INTO new_pieces
  SELECT asset_id, partition, state, kind, event_id, value_event_id, failure_id, run, time, duration, size, code,
         data_version
  FROM pieces ORDER BY asset_id, partition;
DROP TABLE pieces;
ALTER TABLE new_pieces RENAME TO pieces;

CREATE INDEX failures_of_run ON failures (run);
CREATE INDEX observations_of_asset ON observations (asset_id, id, time);
CREATE INDEX observations_of_run ON observations (run);

CREATE TABLE run_targets (
  run INTEGER NOT NULL REFERENCES runs(number),
  asset_id INTEGER NOT NULL REFERENCES assets(id),
  subset TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (run, asset_id)
) WITHOUT ROWID;

CREATE TABLE step_outputs (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs(number),
  asset_id INTEGER NOT NULL REFERENCES assets(id),
  partition TEXT NOT NULL,
  time REAL NOT NULL,
  text TEXT NOT NULL,
  dropped INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX step_outputs_of_piece ON step_outputs (asset_id, partition, id);
CREATE INDEX step_outputs_of_run ON step_outputs (run);

CREATE VIEW latest AS
  SELECT a.key AS asset, p.partition, p.state, datetime(p.time, 'unixepoch') AS time, p.duration, m.type, m.format,
         p.size, p.code, p.data_version, r.id AS run, m.metadata, p.event_id
  FROM pieces p
  JOIN assets a ON a.id = p.asset_id
  LEFT JOIN runs r ON r.number = p.run
  LEFT JOIN materializations m ON m.id = p.event_id;

CREATE VIEW durations AS
  SELECT a.key AS asset, m.partition, m.kind, r.id AS run, datetime(m.time, 'unixepoch') AS time, m.duration
  FROM materializations m
  JOIN assets a ON a.id = m.asset_id
  LEFT JOIN runs r ON r.number = m.run;

CREATE VIEW failed_pieces AS
  SELECT a.key AS asset, p.partition, f.kind, datetime(f.time, 'unixepoch') AS time, f.error_type, f.message,
         f.missing, f.traceback, r.id AS run
  FROM pieces p
  JOIN assets a ON a.id = p.asset_id
  JOIN failures f ON f.id = p.failure_id
  JOIN runs r ON r.number = f.run
  WHERE p.state IN ('failed', 'skipped');

CREATE VIEW latest_checks AS
  SELECT a.key AS asset, c.partition, c.name, c.passed, c.severity, c.blocking, datetime(c.time, 'unixepoch') AS time,
         c.description, c.metadata, c.error, r.id AS run, c.event_id
  FROM check_results c
  JOIN assets a ON a.id = c.asset_id
  LEFT JOIN runs r ON r.number = c.run
  WHERE c.id = (SELECT max(o.id) FROM check_results o
                WHERE o.asset_id = c.asset_id AND o.name = c.name AND o.partition = c.partition);

CREATE VIEW run_summary AS
  SELECT r.id AS run, r.status, r.selection, r.planned,
         (SELECT count(*) FROM materializations m WHERE m.run = r.number AND m.kind = 'materialization') AS made,
         (SELECT count(*) FROM materializations m WHERE m.run = r.number AND m.kind = 'empty') AS empty,
         (SELECT count(*) FROM failures f WHERE f.run = r.number AND f.kind = 'failed') AS failed,
         (SELECT count(*) FROM failures f WHERE f.run = r.number AND f.kind = 'skipped') AS skipped,
         (SELECT count(*) FROM check_results c WHERE c.run = r.number) AS checks,
         datetime(r.started_at, 'unixepoch') AS started, datetime(r.finished_at, 'unixepoch') AS finished,
         r.finished_at - r.started_at AS duration, r.parent
  FROM runs r;
