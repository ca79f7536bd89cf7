-- The keys of dynamic partitions by the name of their definition. A name's last_number and deletions together tell whether
-- its keys are those that were read before, without reading them.

CREATE TABLE dynamic_definitions (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  last_number INTEGER NOT NULL DEFAULT 0,
  deletions INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE dynamic_partitions (
  definition_id INTEGER NOT NULL REFERENCES dynamic_definitions(id),
  number INTEGER NOT NULL,
  partition TEXT NOT NULL,
  PRIMARY KEY (definition_id, number),
  UNIQUE (definition_id, partition)
) WITHOUT ROWID;
