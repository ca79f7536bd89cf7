-- Where in people's own code a check raised an error.

ALTER TABLE check_results ADD COLUMN traceback TEXT;
