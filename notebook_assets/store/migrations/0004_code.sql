-- What code made the pieces: its parts and, as far as it is to be had, its source; what was accepted as equivalent; renames.

CREATE TABLE code_sources (
  digest TEXT PRIMARY KEY,
  source TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE codes (
  id INTEGER PRIMARY KEY,
  asset_id INTEGER NOT NULL REFERENCES assets(id),
  code TEXT NOT NULL,
  version TEXT,
  first_seen REAL NOT NULL,
  UNIQUE (asset_id, code)
);

CREATE TABLE code_parts (
  code_id INTEGER NOT NULL REFERENCES codes(id),
  name TEXT NOT NULL,
  part TEXT NOT NULL,
  source TEXT REFERENCES code_sources(digest),
  PRIMARY KEY (code_id, name)
) WITHOUT ROWID;

CREATE TABLE code_acceptances (
  id INTEGER PRIMARY KEY,
  asset_id INTEGER NOT NULL REFERENCES assets(id),
  time REAL NOT NULL,
  code TEXT NOT NULL
);

-- By event: a piece that is made again is no longer what was accepted.
CREATE TABLE accepted_codes (
  materialization_id INTEGER NOT NULL REFERENCES materializations(id),
  acceptance_id INTEGER NOT NULL REFERENCES code_acceptances(id),
  code TEXT,
  taken_back_at REAL,
  PRIMARY KEY (materialization_id, acceptance_id)
) WITHOUT ROWID;

CREATE TABLE asset_renames (
  id INTEGER PRIMARY KEY,
  asset_id INTEGER NOT NULL REFERENCES assets(id),
  time REAL NOT NULL,
  old_key TEXT NOT NULL,
  new_key TEXT NOT NULL
);
