-- Why a parcel cannot go where its customer asked, in the words of whoever said so: they are told it.
ALTER TABLE corrections ADD COLUMN why text NOT NULL DEFAULT '';
