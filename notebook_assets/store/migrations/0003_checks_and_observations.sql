-- What was seen of assets without making them: the results of their checks, and observations of their contents.

CREATE TABLE check_results (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  asset_id INTEGER NOT NULL REFERENCES assets(id),
  partition TEXT NOT NULL,
  name TEXT NOT NULL,
  run INTEGER NOT NULL REFERENCES runs(number),
  time REAL NOT NULL,
  passed INTEGER NOT NULL,
  severity TEXT NOT NULL,
  blocking INTEGER NOT NULL,
  event_id INTEGER NOT NULL DEFAULT 0,
  description TEXT,
  metadata TEXT NOT NULL DEFAULT '{}',
  error TEXT
);
CREATE INDEX check_results_of_piece ON check_results (asset_id, name, partition, id);

-- Their ids come from the same sequence as those of materializations: of two events, the greater one is the later.
CREATE TABLE observations (
  id INTEGER PRIMARY KEY,
  asset_id INTEGER NOT NULL REFERENCES assets(id),
  partition TEXT NOT NULL,
  run INTEGER REFERENCES runs(number),
  time REAL NOT NULL,
  data_version TEXT,
  description TEXT,
  metadata TEXT NOT NULL DEFAULT '{}',
  tags TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX observations_of_piece ON observations (asset_id, partition, id);

CREATE VIEW latest_checks AS
  SELECT a.key AS asset, c.partition, c.name, c.passed, c.severity, c.blocking, datetime(c.time, 'unixepoch') AS time,
         c.description, c.metadata, c.error, r.id AS run, c.event_id
  FROM check_results c
  JOIN assets a ON a.id = c.asset_id
  JOIN runs r ON r.number = c.run
  WHERE c.id = (SELECT max(o.id) FROM check_results o
                WHERE o.asset_id = c.asset_id AND o.name = c.name AND o.partition = c.partition);
