-- What each migration's file was when this database took it: a file that was changed since is
-- refused. Rows from before are filled in by the upgrade that brings this column.
ALTER TABLE migrations ADD COLUMN checksum text;
