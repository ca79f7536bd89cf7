-- The tables that hold what was made, when, from what, and where its value is. Every column is described in docs/store.md.

CREATE TABLE assets (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL DEFAULT 'asset',
  group_name TEXT,
  partitions TEXT,
  io_manager_key TEXT NOT NULL DEFAULT 'io_manager',
  notebook TEXT,
  code TEXT,
  description TEXT,
  upstream TEXT NOT NULL DEFAULT '[]',
  metadata TEXT NOT NULL DEFAULT '{}',
  described_at REAL
);

CREATE TABLE runs (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL,
  selection TEXT NOT NULL,
  tags TEXT NOT NULL DEFAULT '{}',
  planned INTEGER NOT NULL,
  started_at REAL NOT NULL,
  finished_at REAL,
  host TEXT,
  pid INTEGER
);

-- AUTOINCREMENT: an id that was wiped is never given again, since later rows may name it as what they read up to.
CREATE TABLE materializations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  asset_id INTEGER NOT NULL REFERENCES assets(id),
  partition TEXT NOT NULL,
  kind TEXT NOT NULL,
  run INTEGER NOT NULL REFERENCES runs(number),
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
  tags TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX materializations_of_piece ON materializations (asset_id, partition);

CREATE TABLE value_blobs (
  materialization_id INTEGER PRIMARY KEY REFERENCES materializations(id),
  data BLOB NOT NULL
);

CREATE TABLE input_reads (
  materialization_id INTEGER NOT NULL REFERENCES materializations(id),
  upstream_id INTEGER NOT NULL REFERENCES assets(id),
  subset TEXT NOT NULL,
  up_to_event INTEGER NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (materialization_id, upstream_id)
) WITHOUT ROWID;

CREATE TABLE failures (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  asset_id INTEGER NOT NULL REFERENCES assets(id),
  partition TEXT NOT NULL,
  kind TEXT NOT NULL,
  run INTEGER NOT NULL REFERENCES runs(number),
  time REAL NOT NULL,
  duration REAL NOT NULL,
  code TEXT,
  error_type TEXT,
  message TEXT NOT NULL,
  traceback TEXT,
  missing TEXT NOT NULL DEFAULT '[]',
  reads TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX failures_of_piece ON failures (asset_id, partition);

-- What is known of each piece now, kept beside its history so that 100,000 partitions are one scan in key order.
CREATE TABLE pieces (
  asset_id INTEGER NOT NULL REFERENCES assets(id),
  partition TEXT NOT NULL,
  state TEXT NOT NULL,
  kind TEXT NOT NULL DEFAULT '',
  event_id INTEGER NOT NULL DEFAULT 0,
  value_event_id INTEGER NOT NULL DEFAULT 0,
  failure_id INTEGER NOT NULL DEFAULT 0,
  run INTEGER NOT NULL REFERENCES runs(number),
  time REAL NOT NULL,
  duration REAL NOT NULL DEFAULT 0,
  size INTEGER NOT NULL DEFAULT 0,
  code TEXT,
  data_version TEXT,
  PRIMARY KEY (asset_id, partition)
) WITHOUT ROWID;

CREATE VIEW latest AS
  SELECT a.key AS asset, p.partition, p.state, datetime(p.time, 'unixepoch') AS time, p.duration, m.type, m.format,
         p.size, p.code, p.data_version, r.id AS run, m.metadata, p.event_id
  FROM pieces p
  JOIN assets a ON a.id = p.asset_id
  JOIN runs r ON r.number = p.run
  LEFT JOIN materializations m ON m.id = p.event_id;

CREATE VIEW durations AS
  SELECT a.key AS asset, m.partition, m.kind, r.id AS run, datetime(m.time, 'unixepoch') AS time, m.duration
  FROM materializations m
  JOIN assets a ON a.id = m.asset_id
  JOIN runs r ON r.number = m.run;

CREATE VIEW failed_pieces AS
  SELECT a.key AS asset, p.partition, f.kind, datetime(f.time, 'unixepoch') AS time, f.error_type, f.message,
         f.missing, f.traceback, r.id AS run
  FROM pieces p
  JOIN assets a ON a.id = p.asset_id
  JOIN failures f ON f.id = p.failure_id
  JOIN runs r ON r.number = f.run
  WHERE p.state IN ('failed', 'skipped');
