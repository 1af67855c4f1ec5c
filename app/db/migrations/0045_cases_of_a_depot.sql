-- The cases of a depot, the newest first: few among a million are found without walking through all of them.
CREATE INDEX cases_depot ON cases (depot_id, id);
